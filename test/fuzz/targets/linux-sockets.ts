import { expect } from 'vitest';
import type { InetFamily, Protocol } from '../../../src/model/protocol.ts';
import type { Warning } from '../../../src/model/report/snapshot.ts';
import type { Socket, UnixSocket } from '../../../src/model/socket/socket.ts';
import { linuxSockets } from '../../../src/sources/linux/sockets/sockets.ts';
import { socketProblems, warningProblems } from '../../contract/problems.ts';
import { fakeProc, systemError, tableOf } from '../../sources/linux/support/fake-proc.ts';
import { begin, collect, socketQuery, warningSink } from '../../support/source-answers.ts';
import { linesLeftOut } from '../row-problems.ts';
import { linuxSeeds } from '../seeds.ts';
import { textTarget } from '../target.ts';

interface Listing {
  readonly rows: readonly Socket[];
  readonly warnings: readonly Warning[];
}

interface TableOfLinux {
  readonly protocol: Protocol;
  readonly family: InetFamily;
  /** Under /proc/net. */
  readonly name: string;
}

/** The listing if the table consists of this text; each character is a byte. */
async function listing(
  { protocol, family, name }: TableOfLinux,
  text: string,
  { chunk = 4096, littleEndian = true } = {},
): Promise<Listing> {
  const bytes = Buffer.from(text, 'latin1');
  const proc = {
    ...fakeProc({ littleEndian }),
    openTable: (path: string) => {
      if (path === 'net') return tableOf('');
      if (path !== `net/${name}`) throw systemError('ENOENT');
      return tableOf(bytes, chunk);
    },
  };
  const sink = warningSink();
  const query = socketQuery({ protocols: [protocol], families: [family] });
  const rows = await collect(linuxSockets(proc, query, sink, begin));
  return { rows, warnings: sink.warnings.filter(({ code }) => code !== 'absent') };
}

function expectPromises({ rows, warnings }: Listing): void {
  expect(rows.flatMap(socketProblems)).toEqual([]);
  expect(warnings.flatMap(warningProblems)).toEqual([]);
}

/** The size of the chunks that the kernel returns does not matter. */
async function expectAnyChunks(table: TableOfLinux, text: string, whole: Listing): Promise<void> {
  for (const chunk of [1, 61]) expect(await listing(table, text, { chunk })).toEqual(whole);
}

/** The lines after the first that are not empty. */
function linesBehindHeader(text: string): string[] {
  return text
    .split('\n')
    .slice(1)
    .filter((line) => line !== '');
}

function inetTarget(protocol: Protocol, name: string) {
  const table = { protocol, name, family: name.endsWith('6') ? 'inet6' : 'inet' } as const;
  return textTarget({
    name: `linux-${name}`,
    covers: ['inetRowParser', 'endpointReader', 'linuxSockets'],
    seeds: linuxSeeds(name),
    alphabet: 'bytes',
    header: 1,
    read: (text) => listing(table, text),
    check: async (text, whole) => {
      expectPromises(whole);
      const lines = linesBehindHeader(text);
      expect(whole.rows.length + linesLeftOut(whole.warnings)).toBe(lines.length);
      await expectAnyChunks(table, text, whole);
      // More blanks between fields change nothing: reading by position and by scanning agree.
      const spaced = await listing(table, text.replaceAll(' ', '  '));
      expect(spaced.rows).toEqual(whole.rows);
      // Rows do not depend on those before them, of which some data is kept.
      const alone = await Promise.all(lines.map((line) => listing(table, `header\n${line}\n`)));
      expect(alone.flatMap(({ rows }) => rows)).toEqual(whole.rows);
      // Byte order changes addresses and nothing else.
      const swapped = await listing(table, text, { littleEndian: false });
      expectPromises(swapped);
      expect(swapped.rows.length).toBe(whole.rows.length);
    },
  });
}

/** A row with exactly the kernel's widths (net/unix/af_unix.c). */
const kernelRow =
  /^[0-9a-f]{16}: [0-9A-F]{8} [0-9A-F]{8} [0-9A-F]{8} [0-9A-F]{4} [0-9A-F]{2} +[1-9]\d{4,9}( [^\0]*)?$/;
const unixTable = { protocol: 'unix', family: 'inet', name: 'unix' } as const;

function unixTarget() {
  return textTarget({
    name: 'linux-unix',
    covers: ['parseUnixRow', 'decodeText', 'decodeTextIn'],
    seeds: linuxSeeds('unix'),
    alphabet: 'bytes',
    header: 1,
    read: (text) => listing(unixTable, text),
    check: async (text, whole) => {
      expectPromises(whole);
      await expectAnyChunks(unixTable, text, whole);
      const lines = text.replace(/\n$/, '').split('\n').slice(1);
      const paths = whole.rows.map((socket) => (socket as UnixSocket).path ?? '');
      const continued = paths.reduce((sum, path) => sum + path.split('\n').length - 1, 0);
      const accounted = whole.rows.length + linesLeftOut(whole.warnings) + continued;
      expect(accounted).toBeLessThanOrEqual(lines.length);
      if (/\bInode\b/.test(text.split('\n', 1)[0] ?? '')) {
        const sure = lines.filter((line) => kernelRow.test(line));
        expect(whole.rows.length).toBeGreaterThanOrEqual(sure.length);
      }
    },
  });
}

function sctpTarget(name: string) {
  const table = { protocol: 'sctp', family: 'inet', name: `sctp/${name}` } as const;
  return textTarget({
    name: `linux-sctp-${name}`,
    covers: ['parseEndpoint', 'linuxSockets'],
    seeds: linuxSeeds(`sctp/${name}`),
    alphabet: 'bytes',
    header: 1,
    read: (text) => listing(table, text),
    check: async (text, whole) => {
      expectPromises(whole);
      await expectAnyChunks(table, text, whole);
      const lines = linesBehindHeader(text).filter((line) => line.trim() !== '');
      const accounted = whole.rows.length + linesLeftOut(whole.warnings);
      expect(accounted).toBeGreaterThanOrEqual(lines.length);
      const alone = await Promise.all(lines.map((line) => listing(table, `header\n${line}\n`)));
      expect(alone.flatMap(({ rows }) => rows)).toEqual(whole.rows);
    },
  });
}

export const linuxSocketTargets = [
  inetTarget('tcp', 'tcp'),
  inetTarget('tcp', 'tcp6'),
  inetTarget('udp', 'udp'),
  inetTarget('udp', 'udp6'),
  inetTarget('udplite', 'udplite'),
  inetTarget('raw', 'raw'),
  inetTarget('raw', 'raw6'),
  unixTarget(),
  sctpTarget('eps'),
  sctpTarget('assocs'),
];
