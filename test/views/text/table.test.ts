import CliTable from 'cli-table3';
import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { type Attribute, shown } from '../../../src/attributes/attribute.ts';
import { columnKeys, mostColumns, pickColumns } from '../../../src/attributes/index.ts';
import type { NetInterface } from '../../../src/model/machine/interface.ts';
import { noNames } from '../../../src/model/report/names.ts';
import type { ReportKind, Row } from '../../../src/model/report/snapshot.ts';
import type { Socket } from '../../../src/model/socket/socket.ts';
import { longestText } from '../../../src/text/safe-text.ts';
import { sanitize } from '../../../src/text/sanitize.ts';
import { textWidth } from '../../../src/text/width.ts';
import { openBox } from '../../../src/views/text/box.ts';
import { chalkPaint } from '../../../src/views/text/chalk-paint.ts';
import { pageRows, table } from '../../../src/views/text/table.ts';
import { inet, inetSocket, owner } from '../../support/builders.ts';
import type { Asked } from '../../support/listing.ts';
import { report, reportKinds, unsafeCharacter } from './support/arbitrary.ts';
import { chunks, contextWith, render, someNames, takenAt } from './support/render.ts';
import { inetSockets, rows, unixSockets } from './support/rows.ts';

/** How many rows cli-table3 drew each time: its cost is quadratic in these. */
const drawn = vi.hoisted(() => ({ rows: [] as number[] }));
vi.mock('cli-table3', async (original) => {
  const { default: Library } = await original<{ default: typeof CliTable }>();
  class Counted extends Library {
    override toString(): string {
      drawn.rows.push(this.length);
      return super.toString();
    }
  }
  return { default: Counted };
});
afterEach(() => {
  drawn.rows = [];
});

const plain = inetSocket();
const numbered = (count: number) =>
  Array.from({ length: count }, (_, port) => ({ ...plain, local: { ...plain.local, port } }));
const linesOf = (text: string) => text.split('\n').slice(0, -1);
const borders = (text: string) => linesOf(text).filter((line) => /^[┌├└]/.test(line));

/** The texts of one column, row by row: lines that go on are joined. Rows begin with a full cell. */
function columnTexts(text: string, column: number): string[] {
  const texts: string[] = [];
  for (const line of linesOf(text).filter((one) => one.startsWith('│'))) {
    const cells = line.slice(1, -1).split('│');
    const cell = (cells[column] as string).trim();
    if (cells[0]?.trim() !== '') texts.push(cell);
    else texts[texts.length - 1] += cell;
  }
  return texts;
}

describe('table', () => {
  it.each(reportKinds.flatMap((kind) => [80, 200].map((width) => [kind, width] as const)))(
    '%s, %i columns wide',
    async (kind, width) => {
      const text = await render(table, kind, rows[kind], { width, names: someNames });
      for (const line of linesOf(text)) expect(textWidth(line)).toBeLessThanOrEqual(width);
      await expect(text).toMatchFileSnapshot(`golden/${kind}-${width}.table.txt`);
    },
  );

  it.each([60, 80, 120])('everything asked for, %i columns wide', async (width) => {
    const asked = { programs: true, extend: 2, timers: true };
    for (const kind of reportKinds) {
      const text = await render(table, kind, rows[kind], { width, asked });
      for (const line of linesOf(text)) expect(textWidth(line)).toBeLessThanOrEqual(width);
    }
    const text = await render(table, 'sockets', rows.sockets, { width, asked });
    await expect(text).toMatchFileSnapshot(`golden/sockets-everything-${width}.table.txt`);
  });

  it('leaves columns out before it breaks words or numbers, and reports which', async () => {
    const listener = inet('192.0.2.1:65535', '0.0.0.0', { recvQueue: 128, state: 'LISTEN' });
    expect(await render(table, 'sockets', [listener], { width: 40 })).toMatchInlineSnapshot(`
      "┌──────────────┬──────────────┬────────┐
      │ Local        │ Foreign      │ State  │
      │ Address      │ Address      │        │
      ├──────────────┼──────────────┼────────┤
      │ 192.0.2.1:   │ 0.0.0.0:*    │ LISTEN │
      │ 65535        │              │        │
      └──────────────┴──────────────┴────────┘
      (no room for Proto, Recv-Q, Send-Q)
      "
    `);
    const all = { columns: ['proto', 'recvq', 'sendq', 'src', 'dst', 'state'] };
    const named = await render(table, 'sockets', [listener], { width: 40, asked: all });
    expect(named).toMatch(/Rec/);
    expect(named).not.toContain('no room');
  });

  it('is one box however many pages it took', async () => {
    const text = await render(table, 'sockets', numbered(5 * pageRows + 7), { width: 100 });
    expect(borders(text).map((line) => line[0])).toEqual(['┌', '├', '└']);
    const ports = columnTexts(text, 3).slice(1);
    expect(ports).toEqual(
      numbered(5 * pageRows + 7).map((_, port) => `127.0.0.1:${port === 0 ? '*' : port}`),
    );
    expect(new Set(linesOf(text).map(textWidth)).size).toBe(1);
  });

  it('has cli-table3 draw the top alone, whatever the number of rows', async () => {
    await render(table, 'sockets', numbered(20 * pageRows), { batch: 1000 });
    expect(drawn.rows).toEqual([1]);
  });

  it.each([true, false])(
    'has the bytes that cli-table3 draws of the same (header: %s)',
    (header) => {
      const text = fc
        .oneof(fc.string({ maxLength: 12 }), fc.constantFrom('日本', 'é', '한글', ''))
        .map((any) => sanitize(any).replaceAll('-', '+'));
      const columns = pickColumns('sockets', ['pid', 'local', 'state', 'program', 'recvq']);
      const wide = columns.map((column) => ({ ...column, width: 60 }));
      const cells = fc.array(
        fc.tuple(...wide.map(() => fc.array(text, { minLength: 1, maxLength: 3 }))),
      );
      fc.assert(
        fc.property(cells, fc.integer({ min: 1, max: 5 }), (rowsOfCells, pages) => {
          const options = { columns: wide, firstToGo: [], header, room: 10_000, paint: null };
          const box = openBox(CliTable, options, [], false);
          const size = Math.ceil(rowsOfCells.length / pages) || 1;
          let drawnHere = '';
          for (let at = 0; at < rowsOfCells.length; at += size) {
            drawnHere += box.page(rowsOfCells.slice(at, at + size));
          }
          const whole = new CliTable({
            head: header ? wide.map((column) => column.header) : [],
            colWidths: wide.map(() => 62),
            colAligns: wide.map(({ align }) => align),
            style: { head: [], border: [], compact: true },
          });
          for (const row of rowsOfCells) whole.push(row.map((lines) => lines.join('\n')));
          const theirs = rowsOfCells.length === 0 ? '' : `${whole.toString()}\n`;
          expect(drawnHere + box.end()).toBe(theirs);
        }),
        { numRuns: 200 },
      );
    },
  );

  it.each<[string, string, string]>([
    ['as many characters as a cell shows', 'x'.repeat(longestText), 'x'.repeat(longestText)],
    ['one more', 'x'.repeat(longestText + 1), `${'x'.repeat(longestText - 1)}…`],
    ['very many', 'x'.repeat(2_000_000), `${'x'.repeat(longestText - 1)}…`],
    ['escapes', '\x1b'.repeat(600), `${'\\x1b'.repeat(longestText - 1)}…`],
    [
      'a pair of surrogates at the end',
      `${'x'.repeat(longestText - 2)}😀😀`,
      `${'x'.repeat(longestText - 2)}…`,
    ],
  ])('shows of a text with %s', async (_, program, expected) => {
    const owners = [owner(1, program)];
    const asked = { columns: ['program'], header: false };
    const text = await render(table, 'sockets', [{ ...plain, owners }], { width: 40, asked });
    expect(columnTexts(text, 0).join('')).toBe(expected);
  });

  it('holds more owners of one socket than a call takes arguments', async () => {
    const owners = Array.from({ length: 200_000 }, (_, pid) => owner(pid, 'x'));
    const asked = { columns: ['pid', 'program'], header: false };
    const text = await render(table, 'sockets', [{ ...plain, owners }], { asked });
    expect(linesOf(text)).toHaveLength(2 + owners.length);
  });

  it('has as many columns as may be named', async () => {
    const columns = new Array<string>(mostColumns).fill('proto');
    const asked = { columns, header: false };
    const text = await render(table, 'sockets', [plain], { width: 10_000, asked });
    expect(linesOf(text)[1]).toBe(`│${' tcp │'.repeat(mostColumns)}`);
    expect(() => pickColumns('sockets', [...columns, 'proto'])).toThrow(
      '--columns: 1001 columns named; a table has at most 1000',
    );
  });

  it('shows the first page before the second is read', async () => {
    let pulled = 0;
    async function* batches() {
      for (; pulled < 10; pulled++) yield numbered(pageRows);
    }
    const context = contextWith({}, { width: 80 });
    const stream = { kind: 'sockets', platform: 'linux', takenAt, warnings: [] } as const;
    const output = table({ ...stream, batches: batches() }, context);
    const first = await output.next();
    expect(pulled).toBe(0);
    expect(linesOf(first.value as string)).toHaveLength(3 + pageRows);
  });

  it('wraps what is longer than the first page suggested, and cuts nothing', async () => {
    const long = { ...plain.local, address: '2001:db8:1234:5678:9abc:def0:1234:5678' };
    const sockets = [...numbered(pageRows), { ...plain, family: 'inet6' as const, local: long }];
    const text = await render(table, 'sockets', sockets, { width: 80 });
    expect(columnTexts(text, 3).at(-1)).toBe(`[${long.address}]:631`);
    expect(text).not.toContain('…');
    expect(new Set(linesOf(text).map(textWidth))).toEqual(
      new Set([textWidth(linesOf(text)[0] as string)]),
    );
  });

  it.each([8, 30, 200])('loses nothing of any cell, %i columns wide', async (width) => {
    const context = { takenAt, names: noNames, previous: null };
    const dense = (text: string) => text.replace(/\s/g, '');
    await fc.assert(
      fc.asyncProperty(report, fc.nat(), async ({ kind, rows }, pick) => {
        const keys = columnKeys(kind);
        const key = keys[pick % keys.length] as string;
        const asked = { columns: [key], header: false };
        const text = await render(table, kind, rows, { width, asked });
        const [column] = pickColumns(kind, [key]) as [Attribute<Row>];
        const cells = rows.flatMap((row) => shown(column, row, context)).map(sanitize);
        const lines = linesOf(text);
        const contents = lines.slice(1, -1).map((line) => line.slice(1, -1));
        expect(dense(contents.join(''))).toBe(dense(cells.join('')));
        for (const line of lines) expect(line).not.toMatch(unsafeCharacter);
      }),
      { numRuns: 200 },
    );
  });

  it('keeps the PIDs of a socket beside their programs', async () => {
    const program = 'a name that is much too long for its column and so goes on in further lines';
    const owners = [1, 2].map((pid) => owner(pid, `${pid} ${program}`));
    const asked = { columns: ['pid', 'program'] };
    const text = await render(table, 'sockets', [{ ...plain, owners }], { width: 40, asked });
    const withPid = linesOf(text).filter((line) => /^│ +[12] │/.test(line));
    expect(withPid.map((line) => line.split('│')[2]?.trim().slice(0, 6))).toEqual([
      '1 a na',
      '2 a na',
    ]);
  });

  it.each<[string, readonly Socket[], Partial<Asked>, number]>([
    ['Internet and UNIX sockets', [...inetSockets, ...unixSockets], {}, 2],
    ['the same, sorted', [...inetSockets, ...unixSockets], { sort: ['pid'] }, 1],
    ['the same, columns chosen', [...inetSockets, ...unixSockets], { columns: ['proto'] }, 1],
    ['UNIX sockets', unixSockets, { protocols: ['unix'] }, 1],
    ['nothing', [], {}, 1],
    ['nothing, without header', [], { header: false }, 0],
  ])('boxes for %s', async (_, sockets, asked, boxes) => {
    const text = await render(table, 'sockets', sockets, { asked });
    const first = (corner: string) => linesOf(text).filter((line) => line.startsWith(corner));
    expect(first('┌')).toHaveLength(boxes);
    expect(first('└')).toHaveLength(boxes);
  });

  it('sorted together, a UNIX path stands as the local address', async () => {
    const asked = { sort: ['proto'] };
    const text = await render(table, 'sockets', unixSockets.slice(0, 1), { width: 200, asked });
    expect(text).toMatch(/│ unix +│.*│ \/run\/dbus\/system_bus_socket │ - /);
  });

  it('without header', async () => {
    const text = await render(table, 'groups', rows.groups, { asked: { header: false } });
    expect(text).toBe(
      ['┌──────┬────┬────────────────┐', '│ lo   │  1 │ 224.0.0.1      │']
        .concat([
          '│ eth0 │  3 │ ff02::1:ff10:1 │',
          '│ en0  │  - │ ff02::fb       │',
          '└──────┴────┴────────────────┘',
          '',
        ])
        .join('\n'),
    );
  });

  it('in colour it is the same text', async () => {
    const paint = await chalkPaint(3);
    const sockets = [...rows.sockets, ...numbered(2 * pageRows)];
    const asked = { programs: true };
    const coloured = await render(table, 'sockets', sockets, { paint, width: 70, asked });
    const bare = await render(table, 'sockets', sockets, { width: 70, asked });
    const escapes = new RegExp(`${String.fromCharCode(27)}\\[[0-9;]*m`, 'g');
    expect(coloured).not.toBe(bare);
    expect(coloured.replace(escapes, '')).toBe(bare);
    expect(coloured).toContain(paint.state('CLOSE_WAIT', 'CLOSE_WAIT'));
  });

  it.each<[string, ReportKind, Asked['which'], number]>([
    ['interfaces that are down', 'interfaces', 'connected', 2],
    ['interfaces that are down, with -a', 'interfaces', 'all', 3],
    ['counters at zero', 'statistics', 'connected', 2],
    ['counters at zero, with -a', 'statistics', 'all', 3],
  ])('%s', async (_, kind, which, shownRows) => {
    const down = { ...rows.interfaces[0], name: 'eth1', flags: ['BROADCAST'] } as NetInterface;
    const given = { ...rows, interfaces: [...rows.interfaces, down] };
    const columns = [kind === 'interfaces' ? 'mtu' : 'value'];
    const text = await render(table, kind, given[kind], { asked: { which, columns } });
    expect(columnTexts(text, 0)).toHaveLength(1 + shownRows);
  });

  it('shows change per second where there is a round before', async () => {
    const before = rows.statistics.map((counter) => ({ ...counter, value: counter.value - 10n }));
    const previous = { secondsAgo: 4, rows: before };
    const asked = { interval: 4000 };
    const text = await render(table, 'statistics', rows.statistics, { asked, previous });
    expect(columnTexts(text, 3)).toEqual(['Per Second', '2.5', '-', '2.5']);
  });

  it('comes in chunks of whole lines', async () => {
    for (const part of await chunks(table, 'sockets', numbered(200), { batch: 30 })) {
      expect(part).toMatch(/[│┘]\n$/);
    }
  });
});
