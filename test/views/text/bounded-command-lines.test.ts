import { describe, expect, it } from 'vitest';
import type { Row } from '../../../src/model/report/snapshot.ts';
import { longestCommandLine, type Owner } from '../../../src/model/socket/owner.ts';
import type { Socket } from '../../../src/model/socket/socket.ts';
import { boundedCommandLines } from '../../../src/views/text/bounded-command-lines.ts';
import { csv } from '../../../src/views/text/csv.ts';
import { json } from '../../../src/views/text/json.ts';
import { ndjson } from '../../../src/views/text/ndjson.ts';
import { columnsTable } from '../../../src/views/text/netstat/custom.ts';
import { inetSocket, owner } from '../../support/builders.ts';
import { render } from './support/render.ts';

const long = 'x'.repeat(longestCommandLine);
const room = 16 * 1024 * 1024;

function rowsOf(count: number, owners: readonly Owner[]): Socket[] {
  return Array.from({ length: count }, () => inetSocket({ owners }));
}

/** The lengths of a row's command lines, negative if cut. */
function lengths({ owners }: Pick<Socket, 'owners'>): readonly number[] {
  return (owners ?? []).map(
    ({ commandLine, commandTruncated }) =>
      (commandLine?.length ?? 0) * (commandTruncated === true ? -1 : 1),
  );
}

describe('command lines in all rows together', () => {
  it('are whole until their room is used up, then cut', () => {
    const rows = rowsOf(300, [owner(7, 'x', { commandLine: long })]);
    const written = rows.map(boundedCommandLines()) as Socket[];
    expect(written.slice(0, 256)).toEqual(rows.slice(0, 256));
    expect(written.slice(256).map(lengths)).toEqual(Array(44).fill([-4096]));
    expect(rows.map(lengths)).toEqual(Array(300).fill([longestCommandLine]));
  });

  it('share it, those of other ends too', () => {
    const [one, two] = [4, 5].map((pid) => owner(pid, 'x', { commandLine: long }));
    const owners = [one, two] as Owner[];
    const peer = { inode: 1, owners, noOwner: null };
    const rows = Array.from({ length: 65 }, () => inetSocket({ owners, peer }));
    const written = rows.map(boundedCommandLines()) as Socket[];
    expect(written[63]).toEqual(rows[63]);
    expect(lengths(written[64] as Socket)).toEqual([-4096, -4096]);
    expect(lengths(written[64]?.peer as Socket)).toEqual([-4096, -4096]);
  });

  it('of 4 KiB are never cut, and half a character is not written', () => {
    const bounded = boundedCommandLines();
    const ordinary = owner(5, 'x', { commandLine: 'y'.repeat(4096) });
    const wide = owner(6, 'x', { commandLine: `z${'\u{1f600}'.repeat(4096)}` });
    for (const row of rowsOf(256, [owner(7, 'x', { commandLine: long })])) bounded(row);
    const [row] = rowsOf(1, [ordinary, wide]) as [Socket];
    expect(lengths(bounded(row) as Socket)).toEqual([4096, -4095]);
    const [untouched] = rowsOf(1, [ordinary]) as [Row];
    expect(bounded(untouched)).toBe(untouched);
  });
});

it.each([
  ['json', json],
  ['ndjson', ndjson],
  ['csv', csv],
  ['columns', columnsTable],
])('%s is bounded', async (_, format) => {
  const owners = [4, 5, 6].map((pid) => owner(pid, 'x', { commandLine: long }));
  const asked = format === columnsTable ? { asked: { columns: ['local', 'command'] } } : {};
  const text = await render(format, 'sockets', rowsOf(300, owners), asked);
  expect(text.length).toBeGreaterThan(room);
  expect(text.length).toBeLessThan(room + 900 * 4096 + 1024 * 1024);
});
