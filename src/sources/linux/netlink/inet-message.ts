import type { InetFamily, InetProtocol, InetSocket, Timer } from '../../../model/socket.ts';
import { keepDevice } from '../../../model/socket-device.ts';
import { keepCookie } from '../../../model/socket-identity.ts';
import { keepV6only } from '../../../model/socket-v6only.ts';
import type { TcpInfo } from '../../../model/tcp-info.ts';
import { ipv4Store, ipv6Store } from '../sockets/endpoint-store.ts';
import { datagramStateOf, tcpStateOf } from '../sockets/states.ts';
import { tick, timerKindOf, timerOff } from '../sockets/timers.ts';
import { attributeValue } from './attributes.ts';
import { attribute, deviceAt, headerSize, inetMessageSize, stateCode } from './sock-diag.ts';
import { keepCgroup } from './socket-cgroup.ts';
import { socketInfoOf, writeSocketInfo } from './socket-info.ts';
import { congestionOf, parseTcpInfo } from './tcp-info.ts';

/** Reads the socket at a place of a datagram: its header, whose length is known to be there. */
export type MessageParser = (bytes: Buffer, at: number, end: number) => InetSocket;

/** What is to be told of a socket beyond its row. */
export interface MessageFacts {
  readonly tcpInfo?: boolean | undefined;
  readonly socketInfo?: boolean | undefined;
  /** Whether an IPv6 server takes IPv4 too: kept beside the row (`takesIpv4`), with `socketInfo` in any case. */
  readonly v6only?: boolean | undefined;
  /** The cgroup that made it: kept beside the row (`keptCgroup`). */
  readonly cgroups?: boolean | undefined;
  /** The number that the kernel tells sockets apart by: kept beside the row (`keptCookie`). */
  readonly cookies?: boolean | undefined;
  /** The interface that it is bound to: kept beside the row (`keptDevice`). */
  readonly devices?: boolean | undefined;
  /** The name of an interface by its number; left out: there are none. */
  readonly deviceName?: ((index: number) => string) | undefined;
}

/**
 * A parser for the answers to one request: `struct inet_diag_msg` (<linux/inet_diag.h>) and attributes.
 * What it gives is what the same socket's row of /proc/net gives, and beyond that what is to be told.
 */
export function inetMessageParser(
  protocol: InetProtocol,
  family: InetFamily,
  facts: MessageFacts = {},
): MessageParser {
  const { tcpInfo = false, socketInfo = false, cgroups = false, cookies = false } = facts;
  const { devices = false, deviceName = String } = facts;
  const keepsV6only = family === 'inet6' && (socketInfo || facts.v6only === true);
  const stateOf = protocol === 'tcp' ? tcpStateOf : datagramStateOf;
  const ends = family === 'inet' ? ipv4Ends() : ipv6Ends();
  return (bytes, at, end) => {
    const message = at + headerSize;
    const state = bytes[message + 1] as number;
    const inode = word(bytes, message + 68);
    const remotePort = port(bytes, message + 6);
    // TCP_BOUND_INACTIVE is asked for, and answered as CLOSE; a closed connection has a remote port.
    const isBound = protocol === 'tcp' && state === stateCode.close && remotePort === 0;
    // Added to one by one: put together with `...` a row takes twice the time and the memory.
    const socket: { -readonly [Key in keyof InetSocket]: InetSocket[Key] } = {
      protocol,
      family,
      local: ends(bytes, message + 8, port(bytes, message + 4)),
      remote: ends(bytes, message + 24, remotePort),
      state: isBound ? 'BOUND' : stateOf(state),
      recvQueue: word(bytes, message + 56),
      // Of a listener it is the limit of its accept queue, which /proc does not tell.
      sendQueue: protocol === 'tcp' && state === stateCode.listen ? 0 : word(bytes, message + 60),
      timer: timerOf(bytes, message, end),
      uid: word(bytes, message + 64),
      inode: inode === 0 ? null : inode,
      owners: null,
      noOwner: null,
    };
    if (cookies) keepCookie(socket, bytes.readBigUInt64LE(message + 44));
    if (tcpInfo) socket.tcpInfo = infoOf(bytes, message, end);
    if (socketInfo) {
      const isListening = protocol === 'tcp' && state === stateCode.listen;
      const info = socketInfoIn(bytes, message, end, isListening, deviceName);
      writeSocketInfo(socket, info);
    }
    // Of a half-open connection it tells the listener.
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

/** The record of a connection; a listener's counts other things in some of its fields. */
function infoOf(bytes: Buffer, message: number, end: number): TcpInfo | null {
  const first = message + inetMessageSize;
  const info = attributeValue(bytes, first, end, attribute.info);
  if (info === null || bytes[message + 1] === stateCode.listen) return null;
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
    receiveQueue: word(bytes, message + 56),
    sendQueue: word(bytes, message + 60),
    memory: attributeValue(bytes, first, end, attribute.memory),
    mark: attributeValue(bytes, first, end, attribute.mark),
    cookie: bytes.readBigUInt64LE(message + 44),
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

/** In network order. */
function port(bytes: Buffer, at: number): number {
  return ((bytes[at] as number) << 8) | (bytes[at + 1] as number);
}

/** An unsigned word of 32 bits, in the machine's order. */
function word(bytes: Buffer, at: number): number {
  return (
    ((bytes[at] as number) |
      ((bytes[at + 1] as number) << 8) |
      ((bytes[at + 2] as number) << 16) |
      ((bytes[at + 3] as number) << 24)) >>>
    0
  );
}

/** The message has one count, of what its timer repeats; both are in tcp_info, where that is there. */
function timerOf(bytes: Buffer, message: number, end: number): Timer {
  const code = bytes[message + 2] as number;
  const info = attributeValue(bytes, message + inetMessageSize, end, attribute.info);
  let retransmits = code === 1 ? (bytes[message + 3] as number) : 0;
  let probes = code === 2 || code === 4 ? (bytes[message + 3] as number) : 0;
  if (info !== null) {
    retransmits = info[2] ?? 0;
    probes = info[3] ?? 0;
  }
  if (code === 0 && retransmits === 0 && probes === 0) return timerOff;
  const expires = word(bytes, message + 52);
  // /proc counts in ticks.
  return {
    kind: timerKindOf(code),
    expiresIn: expires - (expires % tick),
    retransmits,
    probes,
  };
}
