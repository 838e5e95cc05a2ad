import { describe, expect, it } from 'vitest';
import { columnsOf } from '../../src/attributes/index.ts';
import { noNames } from '../../src/model/names.ts';
import type { Request } from '../../src/model/request.ts';
import type { Socket } from '../../src/model/socket.ts';
import { defaultRequest } from '../../src/options/default-request.ts';
import { readRows } from '../../src/pipeline/read.ts';
import { selectionOf } from '../../src/select/index.ts';
import { sortKey, sortKeyNames } from '../../src/select/sort-keys.ts';
import { sourceOfReaders } from '../../src/sources/readers.ts';
import { inet, lookups } from '../select/sockets.ts';
import { collect, warningSink } from '../support/source-answers.ts';

const unasked = inet('192.0.2.1:22', '192.0.2.7:40000');
const owner = { pid: 7, program: 'a', commandLine: 'a b', executable: '/a', fd: 3 };
const held: Socket = { ...unasked, owners: [owner] };
const unheld: Socket = { ...unasked, owners: [], noOwner: 'denied' };

/** Whether reading the rows of a request takes a search for owners. */
async function searches(changes: Partial<Request>): Promise<boolean> {
  const request = { ...defaultRequest, ...changes };
  let asked = false;
  const source = sourceOfReaders(
    { platform: 'linux', protocols: request.protocols },
    {
      async *sockets({ owners }) {
        asked = owners !== null;
        yield [unasked];
      },
    },
  );
  const selection = await selectionOf(
    request,
    async () => lookups,
    async () => null,
  );
  await collect(readRows(source, request, selection, warningSink(), false).batches);
  return asked;
}

describe('owners are searched for where they are shown or sorted by, and only there', () => {
  const scene = { takenAt: '2026-03-01T12:00:00.000Z', names: noNames, previous: null };
  it.each(columnsOf('sockets').map((column) => [column.key, column] as const))(
    'column %s',
    async (key, { value }) => {
      const cells = new Set([held, unheld, unasked].map((socket) => String(value(socket, scene))));
      expect(await searches({ columns: [key] })).toBe(cells.size > 1);
    },
  );

  it.each(sortKeyNames('sockets'))('sort key %s', async (name) => {
    const key = sortKey('sockets', name);
    const values = new Set([held, unheld, unasked].map((socket) => key?.(socket, noNames)));
    expect(await searches({ sort: [`-${name}`] })).toBe(values.size > 1);
  });

  it('-p', async () => {
    expect(await searches({ programs: true })).toBe(true);
    expect(await searches({})).toBe(false);
  });
});
