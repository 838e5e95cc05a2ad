import { describe, expect, test } from 'vitest';
import { taskFrom } from '../../src/options/command-line.ts';
import { allFlags } from '../../src/options/flag-table.ts';
import { spellings } from '../../src/options/flags.ts';

const flags = allFlags;
const shown = flags.filter(({ refusal }) => refusal === undefined);
const refused = flags.filter(({ refusal }) => refusal !== undefined);

test('no spelling belongs to two flags', () => {
  const all = flags.flatMap(spellings);
  expect(all.filter((name, index) => all.indexOf(name) !== index)).toEqual([]);
});

test.each(flags.map((flag) => [`--${flag.long}`, flag] as const))(
  '%s is spelled as command lines are',
  (_, flag) => {
    expect(flag.short ?? 't').toMatch(/^[a-zA-Z0-9]$/);
    for (const name of spellings(flag)) expect(name).toMatch(/^(-[a-zA-Z0-9]|--[a-z][a-z0-9-]+)$/);
  },
);

test.each(shown.map((flag) => [`--${flag.long}`, flag] as const))(
  '%s has a summary of one line, without a full stop, and details in whole sentences',
  (_, { summary, details }) => {
    expect(summary).toMatch(/^[^\n]*[^\n.]$/);
    expect(summary.length).toBeLessThanOrEqual(52);
    expect(details ?? 'None.').toMatch(/^[^\n]*\.$/);
    expect((details ?? '').split('`').length % 2).toBe(1);
  },
);

/** A value of each flag that takes one. */
const value: Readonly<Record<string, string>> = {
  protocol: 'inet',
  state: 'listen',
  port: '80',
  local: '127.0.0.1',
  remote: '127.0.0.1',
  pid: '1',
  program: 'init',
  user: '0',
  'resolve-timeout': '1',
  interval: '1',
  format: 'csv',
  columns: 'proto',
  sort: 'proto',
  color: 'never',
  'proc-root': '/proc',
  netns: 'web',
  on: 'web1',
  'on-timeout': '5',
  'on-parallel': '8',
  source: 'proc',
  completion: 'bash',
  explain: 'LISTEN',
  help: 'columns',
  save: 'baseline.json',
  'save-mode': '0640',
  diff: 'baseline.json',
  ignore: 'sport > 32767',
  severity: 'note',
  serve: '9917',
  'serve-auth': 'credentials',
  'serve-timeout': '5',
  'metrics-top': '5',
  'metrics-remote': '5432',
  diagnose: 'close-wait',
  wait: '5',
  'wait-gone': '5',
};

describe('every flag that does something is taken', () => {
  /** What means something only beside another. */
  const beside: Readonly<Record<string, readonly string[]>> = {
    'save-mode': ['--save', 'baseline.json'],
    ignore: ['--diff', 'baseline.json'],
    severity: ['--diagnose'],
    'serve-auth': ['--serve'],
    'serve-anyone': ['--serve'],
    'serve-timeout': ['--serve'],
    'metrics-top': ['--format', 'prometheus'],
    'metrics-remote': ['--format', 'prometheus'],
    'on-timeout': ['--on', 'web1'],
    'on-parallel': ['--on', 'web1'],
    strict: ['--on', 'web1'],
    exposure: ['-l'],
  };
  test.each(shown.flatMap((flag) => spellings(flag).map((name) => [name, flag] as const)))(
    '%s',
    (name, flag) => {
      const argv = flag.value === undefined ? [name] : [name, value[flag.long ?? ''] ?? ''];
      const others = beside[flag.long ?? ''] ?? [];
      expect(() => taskFrom([...others, ...argv])).not.toThrow();
    },
  );
});

test.each(shown.filter(({ optionalValue, followers }) => optionalValue || followers))(
  'what may follow --$long may be joined to it',
  ({ long = '', value: taken }) => {
    const joined = taken === undefined ? { interfaces: 'lo', continuous: '2' }[long] : value[long];
    expect(joined).toBeDefined();
    expect(taskFrom([`--${long}=${joined}`])).toEqual(taskFrom([`--${long}`, joined ?? '']));
  },
);

describe('every removed flag is reported as removed', () => {
  test.each(refused.flatMap((flag) => spellings(flag).map((name) => [name, flag] as const)))(
    '%s',
    (name, flag) => {
      expect(() => taskFrom([name])).toThrow(flag.refusal);
    },
  );
});
