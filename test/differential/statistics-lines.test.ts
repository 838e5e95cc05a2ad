/** The table in docs/differences.md that tells where each line of netstat's `-s` is found in ours. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { program, programFiles } from '../support/program.ts';
import { reasonToSkip } from '../support/requirements.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

interface Line {
  readonly heading: string;
  /** With N for its number. */
  readonly text: string;
  readonly value: bigint;
}

interface Counter {
  readonly group: string;
  readonly name: string;
  readonly value: number;
}

const page = readFileSync(new URL('../../docs/differences.md', import.meta.url), 'utf8');
const table = [...page.matchAll(/^\| (\w+) +\| `([^`]+)` +\| `(\w+)` +\| `(\w+)` +\|$/gm)].map(
  ([, heading = '', text = '', group = '', name = '']) => ({ heading, text, group, name }),
);

/** What netstat says, but for its headings. */
function linesOf(output: string): readonly Line[] {
  let heading = '';
  const lines: Line[] = [];
  for (const line of output.split('\n')) {
    if (/^\w+:$/.test(line)) heading = line.slice(0, -1);
    else if (/\d/.test(line)) {
      // The number is no part of a name, such as InType3.
      const [value = ''] = /(?<![\w])\d+(?!\w)/.exec(line) ?? [];
      lines.push({
        heading,
        text: line.trim().replace(/(?<!\w)\d+(?!\w)/, 'N'),
        value: BigInt(value),
      });
    }
  }
  return lines;
}

/** Counters that a line may be, by the table and by what the page says of lines of the form `Name: N`. */
function placesOf({ heading, text }: Line): readonly { group: string; name: string }[] {
  const told = table.filter((row) => row.heading === heading && row.text === text);
  const [, name] = /^(\w+): N$/.exec(text) ?? [];
  if (told.length > 0 || name === undefined) return told;
  return [
    {
      group: heading,
      name: heading.endsWith('6') && name.startsWith(heading) ? name.slice(heading.length) : name,
    },
  ];
}

/** What IPv6 counts, of a kernel that has it. */
const six = '/proc/net/snmp6';
const runs = [
  ['-s'],
  ...(existsSync(six) ? [['-s6']] : []),
  ...(existsSync('/proc/net/sctp/snmp') ? [['-sS']] : []),
];
const env = { ...process.env, LC_ALL: 'C' };
const [file, ...before] = program;
const counters = (flags: readonly string[]): readonly Counter[] =>
  JSON.parse(execFileSync(file, [...before, ...flags, '-sa', '--json'], { encoding: 'utf8' }))
    .statistics;
const isThere = (line: Line, known: readonly Counter[]) =>
  placesOf(line).some(({ group, name }) =>
    known.some((counter) => counter.group === group && counter.name === name),
  );

const reason = reasonToSkip({
  platforms: ['linux'],
  programs: ['/usr/bin/netstat'],
  files: programFiles,
});

describe.skipIf(reason !== null)(`netstat -s of this machine (${reason ?? 'all lines'})`, () => {
  test.each(runs)('has each line of %s in the table, under a counter that there is', (flags) => {
    const lines = linesOf(execFileSync('/usr/bin/netstat', [flags], { encoding: 'utf8', env }));
    const known = counters([]);
    expect(lines.length).toBeGreaterThan(10);
    expect(lines.filter((line) => !isThere(line, known)).map(({ text }) => text)).toEqual([]);
  });
});

const reasonOfTwin = reasonToSkip({
  platforms: ['linux'],
  root: true,
  programs: ['/usr/bin/netstat', 'unshare', 'mount'],
  files: programFiles,
});

describe.skipIf(reasonOfTwin !== null)(
  `a /proc whose counters all differ (${reasonOfTwin ?? 'read by both'})`,
  () => {
    const proc = temporaryFolder('tsnetstat-counters-');
    let next = 7_000_001;
    const write = (path: string, text: string) => {
      mkdirSync(dirname(join(proc, path)), { recursive: true });
      writeFileSync(join(proc, path), text);
    };

    beforeAll(() => {
      const snmp = readFileSync('/proc/net/snmp', 'utf8').replace(/^IcmpMsg:.*\n/gm, '');
      const types = 'IcmpMsg: InType3 InType8 OutType0 OutType3\nIcmpMsg: 0 0 0 0\n';
      const numbered = (text: string) => text.replace(/ -?\d+(?=[ \n])/g, () => ` ${next++}`);
      write('net/snmp', numbered(snmp + types));
      write('net/netstat', numbered(readFileSync('/proc/net/netstat', 'utf8')));
      const six = existsSync('/proc/net/snmp6') ? readFileSync('/proc/net/snmp6', 'utf8') : '';
      write(
        'net/snmp6',
        six.replace(/\d+$/gm, () => `${next++}`),
      );
      const sctp = table.filter(({ group }) => group === 'Sctp').map(({ name }) => name);
      write('net/sctp/snmp', sctp.map((name) => `Sctp${name}\t${next++}\n`).join(''));
    });

    test.each([
      ['-s', 'Ip'] as const,
      ...(existsSync(six) ? [['-s6', 'Ip6'] as const] : []),
      ['-sS', 'Sctp'] as const,
    ])('%s: each number stands at the counter that the table names', (flags, heading) => {
      const script = 'mount --rbind "$0" /proc && exec /usr/bin/netstat "$@"';
      const output = execFileSync('unshare', ['-m', 'sh', '-c', script, proc, flags], {
        encoding: 'utf8',
        env,
      });
      const known = counters(['--proc-root', proc]);
      const lines = linesOf(output);
      expect(lines.map((line) => line.heading)).toContain(heading);
      const wrong = lines.filter((line) => {
        const own = known.find(({ value }) => BigInt(value) === line.value);
        return !placesOf(line).some(({ group, name }) => group === own?.group && name === own.name);
      });
      expect(wrong.map(({ text }) => text)).toEqual([]);
    });

    test('the table names only counters that there are, each line once', () => {
      const known = counters(['--proc-root', proc]);
      const groups = new Set(known.map(({ group }) => group));
      const missing = table.filter(
        ({ group, name }) =>
          groups.has(group) &&
          !known.some((counter) => counter.group === group && counter.name === name),
      );
      expect(table.length).toBeGreaterThan(150);
      // Kernels drop counters now and then: more than a few is a table that is wrong.
      expect(missing.length).toBeLessThan(8);
      expect(new Set(table.map((row) => Object.values(row).join())).size).toBe(table.length);
    });
  },
);
