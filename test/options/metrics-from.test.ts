import { describe, expect, it } from 'vitest';
import { NetstatError } from '../../src/errors.ts';
import { defaultTop } from '../../src/model/request/metrics.ts';
import { taskFrom } from '../../src/options/command-line.ts';
import type { Task } from '../../src/options/index.ts';
import { ownFlags } from '../../src/options/own-options.ts';

type Metrics = Extract<Task, { kind: 'metrics' }>;

function asked(line: string): Metrics {
  const task = taskFrom([
    '--format',
    'prometheus',
    ...line.split(' ').filter((word) => word !== ''),
  ]);
  if (task.kind !== 'metrics') throw new Error(`${line} asks for ${task.kind}`);
  return task;
}

describe('what is measured', () => {
  const everything = ['sockets', 'statistics', 'interfaces'];
  it.each<[string, object, object]>([
    [
      '',
      { which: 'all', protocolsNamed: false },
      {
        parts: everything,
        partsNamed: false,
        top: defaultTop,
        remotePorts: [],
        save: null,
        format: 'prometheus',
      },
    ],
    ['-a', { which: 'all' }, { parts: everything }],
    ['-l', { which: 'listening' }, { parts: everything }],
    ['-tn4', { which: 'all', protocols: ['tcp'], families: ['inet'] }, { parts: everything }],
    ['-s', { report: 'statistics' }, { parts: ['statistics'], partsNamed: true }],
    ['-st', { report: 'statistics', protocols: ['tcp'] }, { parts: ['statistics'] }],
    ['-i', { report: 'interfaces' }, { parts: ['interfaces'], partsNamed: true }],
    ['-i eth0', { interfaces: ['eth0'] }, { parts: ['interfaces'] }],
    ['--program nginx', { which: 'all' }, { parts: everything }],
    ['sport = 443', { which: 'all' }, { parts: everything }],
    ['--metrics-top 7', {}, { top: 7 }],
    ['--metrics-top 1', {}, { top: 1 }],
    ['--metrics-top 1000', {}, { top: 1000 }],
    [
      '--metrics-remote 5432,https --metrics-remote 6379',
      {},
      { remotePorts: ['5432', 'https', '6379'] },
    ],
    ['--save a.prom', {}, { save: { path: 'a.prom', mode: null } }],
    ['--save a.prom --save-mode 0644', {}, { save: { path: 'a.prom', mode: 0o644 } }],
    [
      '-tuanpeoWv --color never --tcp-info --socket-info --workloads --resolve-timeout 1',
      { which: 'all' },
      { parts: everything },
    ],
  ])('%s', (line, query, request) => {
    expect(asked(line).listing.query).toMatchObject(query);
    expect(asked(line).request).toMatchObject(request);
  });

  it('is written as OpenMetrics too', () => {
    expect(taskFrom(['--format', 'openmetrics', '-s'])).toMatchObject({
      kind: 'metrics',
      request: { format: 'openmetrics', parts: ['statistics'] },
    });
  });
});

describe('what metrics do not go with', () => {
  it.each([
    ...['-r', '-g', '-c', '--interval 1', '--columns src', '--sort src', '-H', '-q', '--pids'],
    ...['--follow', '--live', '--diff a.json', '--diagnose', '--wait', '--wait-gone', '--json'],
    ...['--peers', '--exposure', '--ignore x', '--severity note', '-i --port 22', '-s -i'],
    ...['--metrics-top 0', '--metrics-top 1001', '--metrics-top x', '--metrics-top 1.5'],
    ...['--save-mode 0644', '--save x --save-mode 9'],
  ])('%s is refused in one line', (line) => {
    let error: unknown = null;
    try {
      asked(line);
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(NetstatError);
    expect((error as NetstatError).code).toBe('usage');
    expect((error as NetstatError).message).not.toContain('\n');
  });

  it('an empty limit, as from an empty variable, is visible in the message', () => {
    expect(() => asked('--metrics-top=')).toThrow(
      "--metrics-top '': expected a number from 1 to 1000",
    );
  });

  it.each([
    ...['--metrics-top 3', '--metrics-remote 443', '--json --metrics-top 3'],
    ...['--diagnose --metrics-top 3', '--diff f --metrics-remote 443', '--save f --metrics-top 3'],
  ])('%s without a format of metrics is refused', (line) => {
    expect(() => taskFrom(line.split(' '))).toThrow(/requires --format prometheus or openmetrics/);
  });
});

describe("options of one's own", () => {
  const own = (text: string) =>
    ownFlags([{ name: 'TSNETSTAT_OPTIONS', text, hasLines: false }], 'linux');

  it('of how listings are shown are passed over', () => {
    const text = '-H -c --sort src --columns src,dst --json --peers -n';
    expect(taskFrom(['--format', 'prometheus'], 'linux', own(text))).toMatchObject({
      kind: 'metrics',
      request: { format: 'prometheus' },
    });
  });

  it.each(['--format prometheus', '--metrics-top 3', '--metrics-remote 443'])(
    '%s is none',
    (text) => {
      expect(() => own(text)).toThrow(/selects what is listed$/);
    },
  );
});
