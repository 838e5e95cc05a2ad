import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { columnKeys } from '../../../../src/attributes/index.ts';
import { chalkPaint } from '../../../../src/views/text/chalk-paint.ts';
import { columnsTable } from '../../../../src/views/text/netstat/custom.ts';
import { report, reportKinds, unsafeCharacter } from '../support/arbitrary.ts';
import { chunks, render, someNames } from '../support/render.ts';
import { inetSockets, rows } from '../support/rows.ts';

const linesOf = (text: string) => text.split('\n').slice(0, -1);
const columns = ['proto', 'recvq', 'src', 'dst', 'state', 'pid', 'program'];

describe('columnsTable', () => {
  it('aligns numbers right and text left, behind least widths', async () => {
    const text = await render(columnsTable, 'sockets', rows.sockets, { asked: { columns } });
    await expect(text).toMatchFileSnapshot('../golden/sockets.columns.txt');
  });

  it('names hosts, services and users', async () => {
    const asked = { columns: ['user', 'src'], header: false };
    const scenario = { asked, names: someNames };
    const text = await render(columnsTable, 'sockets', inetSockets.slice(0, 3), scenario);
    expect(linesOf(text)).toEqual([
      'root     localhost:631',
      '33       web.example:https',
      '-        [::]:ssh',
    ]);
  });

  it.each(reportKinds)('%s: every column by itself, header and all', async (kind) => {
    for (const key of columnKeys(kind)) {
      const asked = { columns: [key] };
      const lines = linesOf(await render(columnsTable, kind, rows[kind], { asked }));
      expect(lines).toHaveLength(1 + rows[kind].length);
      for (const line of lines) expect(line.trim()).not.toBe('');
    }
  });

  it('has one safe line a row, whatever is in it', async () => {
    await fc.assert(
      fc.asyncProperty(report, async ({ kind, rows }) => {
        const asked = { columns: columnKeys(kind), header: false };
        const lines = linesOf(await render(columnsTable, kind, rows, { asked }));
        expect(lines).toHaveLength(rows.length);
        for (const line of lines) expect(line).not.toMatch(unsafeCharacter);
      }),
    );
  });

  it('in colour it is the same text', async () => {
    const paint = await chalkPaint(2);
    const asked = { columns };
    const coloured = await render(columnsTable, 'sockets', rows.sockets, { paint, asked });
    const bare = await render(columnsTable, 'sockets', rows.sockets, { asked });
    const escapes = new RegExp(`${String.fromCharCode(27)}\\[[0-9;]*m`, 'g');
    expect(coloured).not.toBe(bare);
    expect(coloured.replace(escapes, '')).toBe(bare);
  });

  it('refuses an unknown column before the first line', async () => {
    const asked = { columns: ['proto', 'prto\u001b'] };
    await expect(chunks(columnsTable, 'sockets', inetSockets, { asked })).rejects.toThrow(
      /^--columns: sockets have no column 'prto.+'; did you mean proto or rto\?$/,
    );
  });
});
