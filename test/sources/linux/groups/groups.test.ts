import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { linuxGroups } from '../../../../src/sources/linux/groups/groups.ts';
import { parseIgmp } from '../../../../src/sources/linux/groups/igmp.ts';
import { parseIgmp6 } from '../../../../src/sources/linux/groups/igmp6.ts';
import { openProc } from '../../../../src/sources/linux/proc/open-proc.ts';
import { group } from '../../../support/builders.ts';
import { collect, warningSink } from '../../../support/source-answers.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';
import { linesOf, tableTexts } from '../support/table-texts.ts';

const header = 'Idx\tDevice    : Count Querier\tGroup    Users Timer\tReporter\n';

describe('parseIgmp', () => {
  it('reads a line of a million blanks in no more than one go', () => {
    const line = `1\t${'lo '.repeat(3)}${' '.repeat(1_000_000)}`;
    expect(parseIgmp(`${header}${line}\n`, true)).toEqual({ rows: [], malformed: [2] });
    const named = `${line}: 1 V3\n\t\t\t\t010000E0     1 0:00000000\t\t0\n`;
    expect(parseIgmp(`${header}${named}`, true).rows).toEqual([group('lo lo lo', '224.0.0.1', 1)]);
  });

  const text =
    `${header}1\tlo        :     1      V3\n\t\t\t\t010000E0     1 0:00000000\t\t0\n` +
    '4\tabcdefghijklmno:     2      V3\n\t\t\t\t010000E0    12 0:00000000\t\t0\n' +
    '\t\t\t\tFAFFFFEF 123456 1:0000012F\t\t1\n7\tnone      :     0      V3\n';

  it('gives each group the interface above it', () => {
    expect(parseIgmp(text, true)).toEqual({
      rows: [
        group('lo', '224.0.0.1', 1),
        group('abcdefghijklmno', '224.0.0.1', 12),
        group('abcdefghijklmno', '239.255.255.250', 123456),
      ],
      malformed: [],
    });
  });

  it('reads big-endian tables', () => {
    const row = `${header}1\tlo        :     1      V3\n\t\t\t\tE0000001     1 0:00000000\t\t0\n`;
    expect(parseIgmp(row, false).rows).toEqual([group('lo', '224.0.0.1', 1)]);
  });

  it('reports which lines it could not read', () => {
    const orphan = `${header}\t\t\t\t010000E0     1 0:00000000\t\t0\njunk\n\t\t\t\tzz\n`;
    expect(parseIgmp(orphan, true)).toEqual({ rows: [], malformed: [2, 3, 4] });
  });
});

describe('parseIgmp6', () => {
  it('reads interface, group and users', () => {
    const text =
      '1    lo              ff020000000000000000000000000001     1 0000000C 0\n' +
      '12   abcdefghijklmno ff05000000000000000200010003000a 34567 00000004 0\n';
    expect(parseIgmp6(text).rows).toEqual([
      group('lo', 'ff02::1', 1),
      group('abcdefghijklmno', 'ff05::2:1:3:a', 34567),
    ]);
  });

  it('reports which lines it could not read', () => {
    expect(parseIgmp6('1    lo ff02 1 0 0\n\njunk\n')).toEqual({ rows: [], malformed: [1, 2, 3] });
  });
});

it('no text makes a parser throw', () => {
  const parts = fc.array(
    fc.oneof(
      fc.string(),
      fc.constantFrom('\n', '\t\t\t\t', ' ', '1\t', ':', '010000E0', 'ff'.repeat(16)),
    ),
  );
  fc.assert(
    fc.property(parts, fc.boolean(), (words, littleEndian) => {
      const text = words.join('');
      for (const { rows } of [parseIgmp(text, littleEndian), parseIgmp6(text)]) {
        for (const { refCount } of rows) expect(Number.isInteger(refCount)).toBe(true);
      }
    }),
  );
});

describe('linuxGroups', () => {
  const read = async (name: string, families: readonly ('inet' | 'inet6')[]) => {
    const root = fileURLToPath(new URL(`../../../../fixtures/linux/${name}`, import.meta.url));
    const sink = warningSink();
    const rows = await collect(linuxGroups(openProc(root), { families }, sink));
    return { rows, warnings: sink.warnings };
  };

  it('reads the same from either byte order', async () => {
    const little = await read('reports-odd-le', ['inet', 'inet6']);
    expect(little).toEqual(await read('reports-odd-be', ['inet', 'inet6']));
    expect(little.rows.map((row) => row.family)).toEqual([
      ...['inet', 'inet', 'inet', 'inet'],
      ...['inet6', 'inet6', 'inet6'],
    ]);
  });

  it('keeps to the families asked for', async () => {
    const { rows } = await read('reports-host', ['inet6']);
    expect(new Set(rows.map(({ family }) => family))).toEqual(new Set(['inet6']));
    expect(rows).toContainEqual(group('br0', 'ff02::6a', 1));
  });
});

it('a table that cannot be read whole is named by its family', async () => {
  const root = temporaryFolder('tsnetstat-groups-');
  mkdirSync(`${root}/net`);
  writeFileSync(`${root}/net/igmp`, `${header}no row\n`);
  const sink = warningSink();
  await collect(linuxGroups(openProc(root), { families: ['inet', 'inet6'] }, sink));
  expect(sink.warnings).toMatchObject([
    { code: 'malformed', tables: [{ family: 'inet' }] },
    { code: 'absent', tables: [{ family: 'inet6' }] },
  ]);
});

describe('what kernels print', () => {
  it.each(tableTexts('igmp'))('$path parses whole', ({ text }) => {
    const { rows, malformed } = parseIgmp(text, true);
    expect(malformed).toEqual([]);
    expect(rows.length).toBe(linesOf(text).filter((line) => line.startsWith('\t')).length);
    for (const { group: address } of rows) expect(address).toMatch(/^2(2[4-9]|3\d)\./);
  });

  it.each(tableTexts('igmp6'))('$path parses whole', ({ text }) => {
    const { rows, malformed } = parseIgmp6(text);
    expect(malformed).toEqual([]);
    expect(rows.length).toBe(linesOf(text).length);
    for (const { group: address } of rows) expect(address).toMatch(/^ff/);
  });
});
