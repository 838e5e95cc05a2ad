import type { InetFamily, InetProtocol } from '../../../model/protocol.ts';
import { keepDevice } from '../../../model/socket/device.ts';
import { keepCookie } from '../../../model/socket/identity.ts';
import type { InetSocket, Timer, WritableSocket } from '../../../model/socket/socket.ts';
import type { TcpInfo } from '../../../model/socket/tcp-info.ts';
import { keepV6only } from '../../../model/socket/v6only.ts';
import { ipv4Store, ipv6Store } from '../sockets/endpoint-store.ts';
import { keepRecord } from '../sockets/kernel-record.ts';
import { datagramStateOf, tcpStateOf } from '../sockets/states.ts';
import { tick, timerKindOf, timerOff } from '../sockets/timers.ts';
import { attributeValue, valueAt } from './attributes.ts';
import {
  attribute,
  cookieAt,
  deviceAt,
  expiresAt,
  headerSize,
  inetMessageSize,
  inodeAt,
  localAt,
  localPortAt,
  recvQueueAt,
  remoteAt,
  remotePortAt,
  retriesAt,
  sendQueueAt,
  stateAt,
  stateCode,
  timerAt,
  uidAt,
} from './sock-diag.ts';
import { keepCgroup } from './socket-cgroup.ts';
import { socketInfoOf, writeSocketInfo } from './socket-info.ts';
import { congestionOf, parseTcpInfo } from './tcp-info.ts';

/** Parses the socket at an offset of a datagram: its header must be complete. */
export type MessageParser = (bytes: Buffer, at: number, end: number) => InetSocket;

/** What to report of a socket beyond its row. */
export interface MessageFacts {
  readonly tcpInfo?: boolean | undefined;
  readonly socketInfo?: boolean | undefined;
  /** Whether an IPv6 server accepts IPv4 too: kept with the row (`takesIpv4`); always with `socketInfo`. */
  readonly v6only?: boolean | undefined;
  /** The cgroup that created it: kept with the row (`keptCgroup`). */
  readonly cgroups?: boolean | undefined;
  /** As in `TableQuery`. */
  readonly records?: boolean | undefined;
  /** The kernel's unique number of the socket: kept with the row (`keptCookie`). */
  readonly cookies?: boolean | undefined;
  /** The interface that it is bound to: kept with the row (`keptDevice`). */
  readonly devices?: boolean | undefined;
  /** An interface's name by its number; left out: names are not known. */
  readonly deviceName?: ((index: number) => string) | undefined;
}

/** The inode of the socket at an offset of a datagram; 0: none. */
export function inodeIn(bytes: Buffer, at: number): number {
  return word(bytes, at + headerSize + inodeAt);
}

/**
 * Whether the message at an offset is of a handshake for which there is no socket yet. With TCP Fast Open one in
 * SYN_RECV has its socket, which may even be accepted.
 */
export function isHandshake(bytes: Buffer, at: number, end: number): boolean {
  const message = at + headerSize;
  return (
    bytes[message + stateAt] === stateCode.synRecv &&
    valueAt(bytes, message + inetMessageSize, end, attribute.shutdown) < 0
  );
}

/**
 * A parser for the answers to one request: `struct inet_diag_msg` (<linux/inet_diag.h>) and attributes. It gives
 * the same as the socket's row of /proc/net, and the further facts; only the user of a handshake (`isHandshake`) is not
 * in them: null.
 */
export function inetMessageParser(
  protocol: InetProtocol,
  family: InetFamily,
  facts: MessageFacts = {},
): MessageParser {
  const { tcpInfo = false, socketInfo = false, cgroups = false, cookies = false } = facts;
  const { records = false, devices = false, deviceName = String } = facts;
  const keepsV6only = family === 'inet6' && (socketInfo || facts.v6only === true);
  const stateOf = protocol === 'tcp' ? tcpStateOf : datagramStateOf;
  const ends = family === 'inet' ? ipv4Ends() : ipv6Ends();
  return (bytes, at, end) => {
    const message = at + headerSize;
    const state = bytes[message + stateAt] as number;
    const inode = inodeIn(bytes, at);
    const remotePort = port(bytes, message + remotePortAt);
    // TCP_BOUND_INACTIVE is what we request, but reported as CLOSE; a closed connection has a remote port.
    const isBound = protocol === 'tcp' && state === stateCode.close && remotePort === 0;
    // Fields are assigned one by one: with `...` a row takes twice the time and memory.
    const socket: WritableSocket = {
      protocol,
      family,
      local: ends(bytes, message + localAt, port(bytes, message + localPortAt)),
      remote: ends(bytes, message + remoteAt, remotePort),
      state: isBound ? 'BOUND' : stateOf(state),
      recvQueue: word(bytes, message + recvQueueAt),
      // For a listener it is the limit of its accept queue, which /proc does not show.
      sendQueue:
        protocol === 'tcp' && state === stateCode.listen ? 0 : word(bytes, message + sendQueueAt),
      timer: timerOf(bytes, message, end),
      uid: protocol === 'tcp' && isHandshake(bytes, at, end) ? null : word(bytes, message + uidAt),
      inode: inode === 0 ? null : inode,
      owners: null,
      noOwner: null,
    };
    if (records && inode === 0) keepRecord(socket, recordIn(bytes, message));
    if (cookies) keepCookie(socket, bytes.readBigUInt64LE(message + cookieAt));
    if (tcpInfo) socket.tcpInfo = infoOf(bytes, message, end);
    if (socketInfo) {
      const isListening = protocol === 'tcp' && state === stateCode.listen;
      const info = socketInfoIn(bytes, message, end, isListening, deviceName);
      writeSocketInfo(socket, info);
    }
    // For a half-open connection it identifies the listener.
    if (devices || (protocol === 'tcp' && state === stateCode.synRecv)) {
      const index = word(bytes, message + deviceAt);
      const name = devices || socketInfo ? deviceName : String;
      if (index !== 0) keepDevice(socket, { index, name: name(index) });
    }
    if (keepsV6only && remotePort === 0)
      keepV6only(socket, attributeValue(bytes, message + inetMessageSize, end, attribute.v6only));
    if (cgroups)
      keepCgroup(socket, attributeValue(bytes, message + inetMessageSize, end, attribute.cgroup));
    return socket;
  };
}

/** The socket's cookie, as far as a number can hold it. */
function recordIn(bytes: Buffer, message: number): number {
  return (
    (word(bytes, message + cookieAt + 4) % 2 ** 20) * 2 ** 32 + word(bytes, message + cookieAt)
  );
}

/** The `tcpInfo` of a connection; a listener has other counts in some of these fields. */
function infoOf(bytes: Buffer, message: number, end: number): TcpInfo | null {
  const first = message + inetMessageSize;
  const info = attributeValue(bytes, first, end, attribute.info);
  if (info === null || bytes[message + stateAt] === stateCode.listen) return null;
  return parseTcpInfo(info, congestionOf(bytes, first, end));
}

function socketInfoIn(
  bytes: Buffer,
  message: number,
  end: number,
  isListening: boolean,
  deviceName: (index: number) => string,
) {
  const device = word(bytes, message + deviceAt);
  const first = message + inetMessageSize;
  return socketInfoOf({
    isListening,
    receiveQueue: word(bytes, message + recvQueueAt),
    sendQueue: word(bytes, message + sendQueueAt),
    memory: attributeValue(bytes, first, end, attribute.memory),
    mark: attributeValue(bytes, first, end, attribute.mark),
    cookie: bytes.readBigUInt64LE(message + cookieAt),
    device: device === 0 ? null : deviceName(device),
  });
}

type Ends = (bytes: Buffer, at: number, port: number) => InetSocket['local'];

function ipv4Ends(): Ends {
  const end = ipv4Store(true);
  return (bytes, at, port) => end(word(bytes, at) | 0, port);
}

function ipv6Ends(): Ends {
  const end = ipv6Store(true);
  return (bytes, at, port) =>
    end(
      word(bytes, at) | 0,
      word(bytes, at + 4) | 0,
      word(bytes, at + 8) | 0,
      word(bytes, at + 12) | 0,
      port,
    );
}

/** A 16-bit number in network order. */
function port(bytes: Buffer, at: number): number {
  return ((bytes[at] as number) << 8) | (bytes[at + 1] as number);
}

/** An unsigned 32-bit number in the machine's order. */
function word(bytes: Buffer, at: number): number {
  return (
    ((bytes[at] as number) |
      ((bytes[at + 1] as number) << 8) |
      ((bytes[at + 2] as number) << 16) |
      ((bytes[at + 3] as number) << 24)) >>>
    0
  );
}

/** The message has only the count of what the timer repeats; tcp_info, if present, has both counts. */
function timerOf(bytes: Buffer, message: number, end: number): Timer {
  const code = bytes[message + timerAt] as number;
  const info = attributeValue(bytes, message + inetMessageSize, end, attribute.info);
  let retransmits = code === 1 ? (bytes[message + retriesAt] as number) : 0;
  let probes = code === 2 || code === 4 ? (bytes[message + retriesAt] as number) : 0;
  if (info !== null) {
    retransmits = info[2] ?? 0;
    probes = info[3] ?? 0;
  }
  if (code === 0 && retransmits === 0 && probes === 0) return timerOff;
  const expires = word(bytes, message + expiresAt);
  // /proc counts in ticks.
  return {
    kind: timerKindOf(code),
    expiresIn: expires - (expires % tick),
    retransmits,
    probes,
  };
}
