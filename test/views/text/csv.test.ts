import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { attributesOf } from '../../../src/attributes/index.ts';
import { noNames } from '../../../src/model/report/names.ts';
import { sanitize } from '../../../src/text/sanitize.ts';
import { csv } from '../../../src/views/text/csv.ts';
import { inetSocket, owner, unixSocket } from '../../support/builders.ts';
import { report, reportKinds, unsafeCharacter } from './support/arbitrary.ts';
import { type CsvRecord, fromCsv } from './support/from-csv.ts';
import { chunks, render, someNames, takenAt } from './support/render.ts';
import { inetSockets, rows } from './support/rows.ts';

const records = (text: string): CsvRecord[] => parse(text, { columns: true });
const context = { takenAt, names: noNames, previous: null };

/** Text as it stands in a list's cell: safe, and without a `;` of its own. */
const escaped = (text: string | null) =>
  text &&
  sanitize(text).replace(/(\\*)(;|(?=x3b))/g, (_, slashes: string, end: string) => {
    return slashes + slashes + (end === '' ? '' : '\\x3b');
  });

/** The text of a cell, or of one of `several` values in it, by what docs/formats.md says of escapes. */
const decoded = (text: string, several: boolean) => {
  const tails = `${several ? 'x3b|' : ''}x[01][0-9a-f]|x7f|u[0-9a-f]{4}|u\\{[0-9a-f]{5,6}\\}`;
  return text.replace(
    new RegExp(`(\\\\+)(${tails})`, 'gi'),
    (_, slashes: string, tail: string) =>
      slashes.slice(0, slashes.length >> 1) +
      (slashes.length % 2 === 0
        ? tail
        : String.fromCodePoint(Number.parseInt(tail.replace(/[^\da-f]/gi, ''), 16))),
  );
};

/** Any text, and what looks like escapes in it. */
const anyText = fc
  .array(
    fc.oneof(
      fc.constantFrom(';', ',', '"', '\\', 'x3b', 'X1B', 'u200b', 'u{e0041}', 'a'),
      fc.constantFrom('\n', '\t', '\u001b', '\u202e', '\u{e0041}', '\ud800'),
      fc.string({ unit: 'binary' }),
    ),
  )
  .map((all) => all.join(''));

describe('csv', () => {
  it.each(reportKinds)('%s: golden, numbers only, lines end in CR LF', async (kind) => {
    const text = await render(csv, kind, rows[kind], { names: someNames });
    expect(text).toBe(await render(csv, kind, rows[kind]));
    expect(text.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/);
    expect(records(text)).toHaveLength(rows[kind].length);
    await expect(text).toMatchFileSnapshot(`golden/${kind}.csv.txt`);
  });

  it('a row of one empty cell is no empty line, which readers pass over', async () => {
    const sockets = [inetSocket({ owners: [] }), inetSocket({ owners: [owner(7, 'sshd')] })];
    const text = await render(csv, 'sockets', sockets, { asked: { columns: ['program'] } });
    expect(text).toBe('program\r\n""\r\nsshd\r\n');
    expect(records(text)).toEqual([{ program: '' }, { program: 'sshd' }]);
  });

  it('sockets: parsed back they are the model', async () => {
    const parsed = records(await render(csv, 'sockets', rows.sockets)).map(fromCsv.sockets);
    const given = rows.sockets.map((socket) => {
      const owners =
        socket.owners?.map((owner) => ({
          ...owner,
          program: escaped(owner.program),
          commandLine: escaped(owner.commandLine),
          executable: escaped(owner.executable),
        })) ?? null;
      if (socket.protocol !== 'unix') return { ...socket, owners };
      return { ...socket, owners, path: socket.path && sanitize(socket.path) };
    });
    expect(parsed).toEqual(given);
  });

  it('routes, groups and statistics: parsed back they are the model', async () => {
    for (const kind of ['routes', 'groups', 'statistics'] as const) {
      const parsed = records(await render(csv, kind, rows[kind])).map(fromCsv[kind]);
      expect(parsed).toEqual(rows[kind]);
    }
  });

  it('interfaces: parsed back they are the model', async () => {
    const parsed = records(await render(csv, 'interfaces', rows.interfaces));
    expect(parsed.map(fromCsv.interfaces)).toEqual(
      rows.interfaces.map((face) => ({ ...face, name: sanitize(face.name) })),
    );
  });

  it('any row is one line of as many cells as the header, read back as they were', async () => {
    await fc.assert(
      fc.asyncProperty(
        report,
        fc.boolean(),
        fc.boolean(),
        async ({ kind, rows }, tcpInfo, peers) => {
          const asked = { tcpInfo, peers };
          const requested: Partial<Record<string, boolean>> = asked;
          const text = await render(csv, kind, rows, { asked });
          for (const line of text.split('\r\n')) expect(line).not.toMatch(unsafeCharacter);
          const [header, ...cells] = parse(text) as string[][];
          const columns = attributesOf(kind).filter(
            ({ derived, onRequest = [] }) => !derived && onRequest.every((need) => requested[need]),
          );
          expect(header).toEqual(columns.map(({ key }) => key));
          const wanted = rows.map((row) =>
            columns.map((column) => {
              const cell = column.value(row, context);
              return typeof cell === 'string' ? sanitize(cell) : cell.map(escaped).join(';');
            }),
          );
          expect(cells).toEqual(wanted);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('names as many programs as PIDs, whatever the programs are called', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyText, { minLength: 1 }), async (programs) => {
        const owners = programs.map((program, pid) => owner(pid, program));
        const socket = inetSocket({ owners });
        const [record] = records(await render(csv, 'sockets', [socket]));
        expect(record?.pid?.split(';')).toHaveLength(programs.length);
        const split = record?.program?.split(';').map((one) => decoded(one, true));
        expect(split).toEqual(programs);
      }),
    );
  });

  it('has the whole path of a UNIX socket, whatever is in it', async () => {
    await fc.assert(
      fc.asyncProperty(anyText, async (path) => {
        const text = await render(csv, 'sockets', [unixSocket({ path })]);
        expect(decoded(records(text)[0]?.path ?? '', false)).toBe(path);
      }),
    );
  });

  it('has the change per second of counters with -c, empty in the first round', async () => {
    const before = rows.statistics.map((counter) => ({ ...counter, value: counter.value - 10n }));
    const previous = { secondsAgo: 4, rows: before };
    const asked = { interval: 4000 };
    const first = records(await render(csv, 'statistics', rows.statistics, { asked }));
    expect(first.map(({ rate }) => rate)).toEqual(['', '', '']);
    const second = await render(csv, 'statistics', rows.statistics, {
      asked: { ...asked, columns: ['rate'] },
      previous,
    });
    expect(second).toBe('2.5\r\n""\r\n2.5\r\n');
    expect(Object.keys(first[0] ?? {})).toContain('rate');
    const [once] = records(await render(csv, 'statistics', rows.statistics));
    expect(Object.keys(once ?? {})).not.toContain('rate');
  });

  it('has the columns asked for, in that order', async () => {
    const columns = ['rport', 'src', 'state'];
    const text = await render(csv, 'sockets', inetSockets.slice(0, 2), { asked: { columns } });
    expect(text).toBe(
      'rport,src,state\r\n0,127.0.0.1:631,LISTEN\r\n50123,192.0.2.7:443,ESTABLISHED\r\n',
    );
  });

  it.each([
    ['a first round', { header: true, previous: null }, true],
    ['a later round', { header: true, previous: { secondsAgo: 1, rows: [] } }, false],
    ['--no-header', { header: false, previous: null }, false],
  ])('header row in %s', async (_, { header, previous }, there) => {
    const text = await render(csv, 'groups', rows.groups, { asked: { header }, previous });
    expect(text.startsWith('family,interface,refcount,group,taken\r\n')).toBe(there);
    expect(text.split('\r\n')).toHaveLength(rows.groups.length + (there ? 2 : 1));
  });

  it('does not alter a cell that a spreadsheet would take for a formula', async () => {
    const paths = ['=1+1', '+1', '-1', '@SUM(A1)'];
    const sockets = paths.map((path) => ({ ...rows.sockets.at(-1), path }));
    const text = await render(csv, 'sockets', sockets as never);
    expect(records(text).map(({ path }) => path)).toEqual(paths);
  });

  it('comes in chunks of whole lines', async () => {
    const parts = await chunks(csv, 'sockets', inetSockets, { batch: 3 });
    expect(parts).toHaveLength(1 + Math.ceil(inetSockets.length / 3));
    for (const part of parts) expect(part).toMatch(/\r\n$/);
  });
});
