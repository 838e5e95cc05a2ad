import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { tables } from '../../../src/sources/linux/sockets/sockets.ts';
import type { Table } from '../../../src/sources/linux/sockets/table.ts';
import { socketProblems } from '../../contract/problems.ts';
import { warningSink } from '../../support/source-answers.ts';
import { fakeProc, rowsOf, tableOf } from './support/fake-proc.ts';

/** Captures of real machines, kept beside the project; null where they are not at hand. */
const folder =
  ['../../../../shared/samples/linux', '../../../../../shared/samples/linux']
    .map((path) => fileURLToPath(new URL(path, import.meta.url)))
    .find((path) => existsSync(path)) ?? null;

/** By the name of the file: `tcp6`, or `net_tcp6` as some captures are called. */
const tableByName = new Map<string, Table>(
  Object.values(tables)
    .flat()
    .filter(({ protocol }) => protocol !== 'sctp')
    .map((table) => [basename(table.readers[0]?.source(fakeProc({})) ?? ''), table]),
);

const samples = (folder === null ? [] : (readdirSync(folder, { recursive: true }) as string[]))
  .map((path) => ({
    path,
    table: tableByName.get(
      basename(path)
        .replace(/^(proc)?net_?/, '')
        .replace(/_.*$/, ''),
    ),
  }))
  .flatMap(({ path, table }) => (table === undefined ? [] : [{ path, table }]));

/** Lines that are broken in the capture itself. */
const broken: Readonly<Record<string, number>> = { 'prometheus-procfs/net_udp_broken': 1 };

describe.skipIf(folder === null)(
  'captures of real machines (../shared/samples is not here)',
  () => {
    it('are there', () => {
      expect(samples.length).toBeGreaterThan(20);
    });

    it.each(samples)('$path parses whole', ({ path, table }) => {
      const text = readFileSync(join(folder as string, path), 'latin1');
      const sink = warningSink();
      const rows = [...rowsOf(table, tableOf(Buffer.from(text, 'latin1')), sink)].flat();
      const lines = text.split('\n').filter((line, at) => at > 0 && line.trim() !== '');
      expect(rows.length).toBe(lines.length - (broken[path] ?? 0));
      expect(sink.warnings.length).toBe(broken[path] ?? 0);
      expect(rows.flatMap(socketProblems)).toEqual([]);
    });
  },
);
