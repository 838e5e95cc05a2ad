import type { PackedFurther } from '../../../model/packed/sockets.ts';
import { lengthOf, valueAt } from './attributes.ts';
import {
  attribute,
  cookieAt,
  deviceAt,
  inetMessageSize,
  recvQueueAt,
  stateAt,
  stateCode,
} from './sock-diag.ts';
import { keepCgroup } from './socket-cgroup.ts';
import { socketInfoOf, writeSocketInfo } from './socket-info.ts';
import { congestionOf, parseTcpInfo, tcpInfoBytes } from './tcp-info.ts';

/** What to keep of packed sockets beyond their columns. */
export interface FurtherWanted {
  readonly tcpInfo: boolean;
  readonly socketInfo: boolean;
  /** The cgroup that created the socket: kept beside the row's object (`keptCgroup`). */
  readonly cgroups: boolean;
  /** As in `MessageFacts`. */
  readonly deviceName?: ((index: number) => string) | undefined;
}

/** Writes and reads the facts of a pack's rows beyond its columns. */
export interface FurtherFacts extends Omit<PackedFurther, 'bytes'> {
  /** Writes the facts in the message at index `message` to a row's bytes, which begin at `at`. */
  write(from: Buffer, message: number, end: number, to: Uint8Array, at: number): void;
}

/** One kind of facts. */
type Part = Omit<FurtherFacts, 'hasTcpInfo'>;

/**
 * Keeps parts of the kernel's own records, one after the other, which are parsed when an object is made of the row:
 * they take a quarter of the object's memory.
 */
export function furtherFacts(
  { tcpInfo, socketInfo, cgroups, deviceName }: FurtherWanted,
  isTcp: boolean,
): FurtherFacts {
  const parts = [
    ...(tcpInfo ? [isTcp ? tcpInfoPart() : noTcpInfoPart] : []),
    ...(socketInfo ? [socketInfoPart(isTcp, deviceName)] : []),
    ...(cgroups ? [cgroupPart] : []),
  ];
  let stride = 0;
  const placed = parts.map((part) => {
    const from = stride;
    stride += part.stride;
    return { part, from };
  });
  return {
    stride,
    hasTcpInfo: tcpInfo,
    write(bytes, message, end, to, at) {
      for (const { part, from } of placed) part.write(bytes, message, end, to, at + from);
    },
    unpack(socket, bytes, at) {
      for (const { part, from } of placed) part.unpack(socket, bytes, at + from);
    },
  };
}

/** Instead of a length: there is no record. */
const none = 255;

/** Layout: the record's length, an index of the algorithm's name, the record as far as it is used. */
function tcpInfoPart(): Part {
  const names: (string | null)[] = [null];
  const head = 2;
  return {
    stride: head + tcpInfoBytes,
    write(from, message, end, to, at) {
      const first = message + inetMessageSize;
      const isListening = from[message + stateAt] === stateCode.listen;
      const info = isListening ? -1 : valueAt(from, first, end, attribute.info);
      to[at] = none;
      if (info < 0) return;
      const length = Math.min(lengthOf(from, info), tcpInfoBytes);
      to[at] = length;
      to[at + 1] = placeIn(names, congestionOf(from, first, end));
      to.set(from.subarray(info, info + length), at + head);
    },
    unpack(socket, bytes, at) {
      const length = bytes[at] as number;
      const name = names[bytes[at + 1] as number] ?? null;
      socket.tcpInfo =
        length === none ? null : parseTcpInfo(bufferOf(bytes, at + head, length), name);
    },
  };
}

const noTcpInfoPart: Part = {
  stride: 0,
  write() {},
  unpack(socket) {
    socket.tcpInfo = null;
  },
};

/** Returns the index of an algorithm's name. There are few; from the 256th on, none is kept. */
function placeIn(names: (string | null)[], name: string | null): number {
  const place = names.indexOf(name);
  if (place >= 0) return place;
  return names.length > 255 ? 0 : names.push(name) - 1;
}

/** Bytes of SK_MEMINFO_* that are used. */
const memoryBytes = 36;

/** Layout: flags for what is present, length of the memory; then interface, both queues, cookie, mark, memory. */
function socketInfoPart(isTcp: boolean, deviceName: (index: number) => string = String): Part {
  const head = 2;
  const [deviceBytes, queuesBytes, cookieBytes, markBytes] = [4, 8, 8, 4];
  const device = head;
  const queues = device + deviceBytes;
  const cookie = queues + queuesBytes;
  const mark = cookie + cookieBytes;
  const memory = mark + markBytes;
  return {
    stride: memory + memoryBytes,
    write(from, message, end, to, at) {
      const first = message + inetMessageSize;
      const isListening = isTcp && from[message + stateAt] === stateCode.listen;
      const memoryAt = valueAt(from, first, end, attribute.memory);
      const markAt = valueAt(from, first, end, attribute.mark);
      const hasMark = markAt >= 0 && lengthOf(from, markAt) >= markBytes;
      const length = memoryAt < 0 ? 0 : Math.min(lengthOf(from, memoryAt), memoryBytes);
      to[at] = (isListening ? 1 : 0) | (hasMark ? 2 : 0);
      to[at + 1] = length;
      const index = message + deviceAt;
      to.set(from.subarray(index, index + deviceBytes), at + device);
      // Looked up now: the interface may be gone when an object is made of the row.
      if (from.readUInt32LE(index) !== 0) deviceName(from.readUInt32LE(index));
      to.set(
        from.subarray(message + recvQueueAt, message + recvQueueAt + queuesBytes),
        at + queues,
      );
      to.set(from.subarray(message + cookieAt, message + cookieAt + cookieBytes), at + cookie);
      if (hasMark) to.set(from.subarray(markAt, markAt + markBytes), at + mark);
      if (length > 0) to.set(from.subarray(memoryAt, memoryAt + length), at + memory);
    },
    unpack(socket, bytes, at) {
      const flags = bytes[at] as number;
      const row = bufferOf(bytes, at, memory + memoryBytes);
      const index = row.readUInt32LE(device);
      const info = socketInfoOf({
        isListening: (flags & 1) !== 0,
        receiveQueue: row.readUInt32LE(queues),
        sendQueue: row.readUInt32LE(queues + 4),
        memory: row.subarray(memory, memory + (bytes[at + 1] as number)),
        mark: (flags & 2) === 0 ? null : row.subarray(mark, memory),
        cookie: row.readBigUInt64LE(cookie),
        device: index === 0 ? null : deviceName(index),
      });
      writeSocketInfo(socket, info);
    },
  };
}

/** Layout: whether there is an ID; INET_DIAG_CGROUP_ID. */
const cgroupPart: Part = {
  stride: 9,
  write(from, message, end, to, at) {
    const value = valueAt(from, message + inetMessageSize, end, attribute.cgroup);
    const isThere = value >= 0 && lengthOf(from, value) >= 8;
    to[at] = isThere ? 1 : 0;
    if (isThere) to.set(from.subarray(value, value + 8), at + 1);
  },
  unpack(socket, bytes, at) {
    if (bytes[at] === 1) keepCgroup(socket, bufferOf(bytes, at + 1, 8));
  },
};

function bufferOf(bytes: Uint8Array, at: number, length: number): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset + at, length);
}
