import { basename } from 'node:path';
import { describe, expect, it } from 'vitest';
import { tables } from '../../../../src/sources/linux/sockets/sockets.ts';
import type { Table } from '../../../../src/sources/linux/sockets/table.ts';
import { socketProblems } from '../../../contract/problems.ts';
import { warningSink } from '../../../support/source-answers.ts';
import { fakeProc, rowsOf, tableOf } from '../support/fake-proc.ts';
import { linesOf, tableTexts } from '../support/table-texts.ts';

/** The name of the file of /proc/net that lists it. */
const nameOf = (table: Table) => basename(table.readers.at(-1)?.source(fakeProc({})) ?? '');

const { sctp: _, ...ofLines } = tables;
const texts = Object.values(ofLines)
  .flat()
  .flatMap((table) => tableTexts(nameOf(table)).map((text) => ({ ...text, table })));

/** Lines that are broken in the text itself. */
const broken: Readonly<Record<string, number>> = {
  'cut-short/udp': 1,
  'prometheus-procfs/net_udp_broken': 1,
};

describe('what kernels print', () => {
  it('is there for each table', () => {
    expect([...new Set(texts.map(({ table }) => nameOf(table)))].sort()).toEqual([
      ...['raw', 'raw6', 'tcp', 'tcp6', 'udp', 'udp6', 'udplite', 'udplite6', 'unix'],
    ]);
  });

  it.each(texts)('$path parses whole', ({ path, text, table }) => {
    const sink = warningSink();
    const rows = [...rowsOf(table, tableOf(Buffer.from(text, 'latin1')), sink)].flat();
    const [, ...lines] = linesOf(text);
    expect(rows.length).toBe(lines.length - (broken[path] ?? 0));
    expect(sink.warnings.length).toBe(broken[path] ?? 0);
    expect(rows.flatMap(socketProblems)).toEqual([]);
  });
});
