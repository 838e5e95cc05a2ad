import { basename } from 'node:path';
import { describe, expect, it } from 'vitest';
import { tables } from '../../../../src/sources/linux/sockets/sockets.ts';
import { socketProblems } from '../../../contract/problems.ts';
import { notebook } from '../../../support/backend-answers.ts';
import { tableOf } from '../support/fake-proc.ts';
import { linesOf, tableTexts } from '../support/table-texts.ts';

const texts = Object.values(tables)
  .flat()
  .filter(({ protocol }) => protocol !== 'sctp')
  .flatMap((table) => tableTexts(basename(table.path)).map((text) => ({ ...text, table })));

/** Lines that are broken in the text itself. */
const broken: Readonly<Record<string, number>> = {
  'cut-short/udp': 1,
  'prometheus-procfs/net_udp_broken': 1,
};

describe('what kernels print', () => {
  it('is there for each table', () => {
    expect([...new Set(texts.map(({ table }) => basename(table.path)))].sort()).toEqual([
      ...['raw', 'raw6', 'tcp', 'tcp6', 'udp', 'udp6', 'udplite', 'udplite6', 'unix'],
    ]);
  });

  it.each(texts)('$path parses whole', ({ path, text, table }) => {
    const notes = notebook();
    const source = {
      path,
      littleEndian: true,
      listenersOnly: false,
      isTaken: () => false,
      notes,
    };
    const rows = [...table.rows(tableOf(Buffer.from(text, 'latin1')), source)].flat();
    const [, ...lines] = linesOf(text);
    expect(rows.length).toBe(lines.length - (broken[path] ?? 0));
    expect(notes.warnings.length).toBe(broken[path] ?? 0);
    expect(rows.flatMap(socketProblems)).toEqual([]);
  });
});
