import { instanceOf, type ModuleMemory } from '../../../flow/web-assembly.ts';
import type { PackedTcpInfo } from '../../../model/packed/sockets.ts';
import { largestDatagram } from './datagrams.ts';
import { wasm } from './message-columns.wasm.ts';
import { headerSize, inetMessageSize } from './sock-diag.ts';

/** More than the kernel sends at once. */
export const readSize = 2 * largestDatagram;

/** The most messages in a datagram: each has its header and a socket. */
export const mostMessages = Math.floor(largestDatagram / (headerSize + inetMessageSize));

/** The most rows of a table in a batch. */
export const mostPackedRows = 4 * mostMessages;

/** What `take` needs to know of a table. */
interface TableFacts {
  readonly isTcp: boolean;
  readonly addressWords: number;
  readonly connectedOnly: boolean;
  readonly withTimers: boolean;
  readonly withTcpInfo: boolean;
}

/** The columns for the sockets of one table, each with room for `mostPackedRows`. */
export type TableColumns = ReturnType<typeof columnsAt>;

/** The kernel's messages as columns, by a module (`message-columns.as.ts`) in whose memory all of it is. */
export interface MessageColumns {
  /** For what is read. */
  readonly bytes: Buffer;
  readonly tables: readonly [TableColumns, TableColumns];
  /**
   * Adds at most so many sockets to tables, from an offset in `bytes` on: those of IPv6 to the second. Returns the
   * offset of the first message that is not a socket, or not complete; if `most` were added, of the next one.
   */
  take(first: TableColumns, second: TableColumns, at: number, end: number, most: number): number;
  /** All flags of the messages that `take` added last. */
  flags(): number;
}

interface Exports {
  readonly memory: ModuleMemory;
  readonly flags: { readonly value: number };
  take(first: number, second: number, at: number, end: number, most: number): number;
}

/** Returns columns with a memory of their own; null: this engine has no WebAssembly, or no memory for it. */
export function messageColumns(): MessageColumns | null {
  const exports = instanceOf<Exports>(wasm, readSize + 2 * tableSize);
  if (exports === null) return null;
  const { buffer } = exports.memory;
  return {
    bytes: Buffer.from(buffer, 0, readSize),
    tables: [columnsAt(buffer, readSize), columnsAt(buffer, readSize + tableSize)],
    take: (first, second, ...rest) => exports.take(first.address, second.address, ...rest),
    flags: () => exports.flags.value,
  };
}

const headWords = 7;
/** An upper bound for the size of a table's columns. */
const tableSize = 128 * (mostPackedRows + 8);

/** The memory of `Columns`, and the columns behind it in its order. */
function columnsAt(buffer: ArrayBuffer, address: number) {
  const rows = mostPackedRows;
  let free = address + 32 * 4;
  const place = (size: number): number => {
    const at = free;
    free = (at + size + 7) & ~7;
    return at;
  };
  const bytes = () => new Uint8Array(buffer, place(rows), rows);
  const shorts = () => new Uint16Array(buffer, place(rows * 2), rows);
  const words = (perRow = 1) => new Uint32Array(buffer, place(rows * perRow * 4), rows * perRow);
  const signedWords = () => new Int32Array(buffer, place(rows * 16), rows * 4);
  const packed = {
    states: bytes(),
    locals: signedWords(),
    remotes: signedWords(),
    localPorts: shorts(),
    remotePorts: shorts(),
    recvQueues: words(),
    sendQueues: words(),
    uids: words(),
    inodes: words(),
    timers: bytes(),
    expiries: words(),
    retransmits: bytes(),
    probes: bytes(),
  };
  const tcpInfo: PackedTcpInfo = {
    known: bytes(),
    rtts: words(),
    retransmitted: words(),
    cwnds: words(),
    sent: words(2),
    received: words(2),
  };
  /** Of the message of each row: its offset, and that of its end. */
  const messages = { starts: words(), ends: words() };
  const columns = [...Object.values(packed), ...Object.values(tcpInfo), ...Object.values(messages)];
  const head = new Uint32Array(buffer, address, headWords + columns.length);
  head.set(
    columns.map(({ byteOffset }) => byteOffset),
    headWords,
  );
  return {
    address,
    packed,
    tcpInfo,
    messages,
    /** For another answer. */
    describe({ isTcp, addressWords, connectedOnly, withTimers, withTcpInfo }: TableFacts): void {
      head.set([0, 0, isTcp, addressWords, connectedOnly, withTimers, withTcpInfo].map(Number));
    },
    clear(): void {
      head.fill(0, 0, 2);
    },
    /** The number of rows, and of the half-open connections among them. */
    length: () => head[0] as number,
    halfOpen: () => head[1] as number,
  };
}
