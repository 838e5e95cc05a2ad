import { isAnyAddress } from '../../../model/address/text.ts';
import type { InetFamily } from '../../../model/protocol.ts';
import type { Closing } from '../../../model/report/socket-event.ts';
import type { InetSocket } from '../../../model/socket/socket.ts';
import type { Writable } from '../../../model/writable.ts';
import { attributeValue } from '../netlink/attributes.ts';
import { inetMessageParser, type MessageParser } from '../netlink/inet-message.ts';
import {
  attribute,
  familyNumber,
  headerSize,
  inetMessageSize,
  messageType,
  protocolNumber,
} from '../netlink/sock-diag.ts';
import { parseTcpInfo } from '../netlink/tcp-info.ts';

/** Protocols whose destroyed sockets the kernel reports: SKNLGRP_* of <linux/sock_diag.h>. */
export const reportedProtocols = ['tcp', 'udp'] as const;
export type ReportedProtocol = (typeof reportedProtocols)[number];

/** The number of each group. */
const destroyedGroup: Readonly<Record<InetFamily, Readonly<Record<ReportedProtocol, number>>>> = {
  inet: { tcp: 1, udp: 2 },
  inet6: { tcp: 3, udp: 4 },
};

/** The groups of these protocols and families, as a bit set. */
export function groupsOf(
  protocols: readonly ReportedProtocol[],
  families: readonly InetFamily[],
): number {
  let groups = 0;
  for (const family of families) {
    for (const protocol of protocols) groups |= 1 << (destroyedGroup[family][protocol] - 1);
  }
  return groups;
}

const families = ['inet', 'inet6'] as const;

function kindOf(family: number, protocol: number): `${ReportedProtocol} ${InetFamily}` | null {
  const name = families.find((one) => familyNumber[one] === family);
  const reported = reportedProtocols.find((one) => protocolNumber[one] === protocol);
  return name === undefined || reported === undefined ? null : `${reported} ${name}`;
}

/**
 * Parses the kernel's message of a destroyed socket: `struct inet_diag_msg`, INET_DIAG_PROTOCOL and, for TCP, its
 * last INET_DIAG_INFO. Only the ends and the cookie are meaningful: user and inode are 0 by then, queues are what
 * remained, and TCP's state is CLOSE. Of a connection that was disconnected first (see `isDisconnected`) there is no
 * `tcpInfo` either. null: not such a message. `deviceName`: as in `MessageFacts`.
 */
export function closingParser(): (
  bytes: Buffer,
  deviceName?: (index: number) => string,
) => Omit<Closing, 'at'> | null {
  const parsers = new Map<string, MessageParser>();
  let nameOf = String as (index: number) => string;
  return (bytes, deviceName = String) => {
    nameOf = deviceName;
    if (bytes.length < headerSize + inetMessageSize) return null;
    const end = bytes.readUInt32LE(0);
    if (end > bytes.length || end < headerSize + inetMessageSize) return null;
    if (bytes.readUInt16LE(4) !== messageType.sockDiagByFamily) return null;
    const value = attributeValue(bytes, headerSize + inetMessageSize, end, attribute.protocol);
    const kind = value === null ? null : kindOf(bytes[headerSize] as number, value[0] ?? 0);
    if (kind === null) return null;
    let parse = parsers.get(kind);
    if (parse === undefined) {
      const [protocol, family] = kind.split(' ') as [ReportedProtocol, InetFamily];
      parse = inetMessageParser(protocol, family, {
        cookies: true,
        devices: true,
        deviceName: (index) => nameOf(index),
      });
      parsers.set(kind, parse);
    }
    // No other code has seen the row yet.
    const socket = parse(bytes, 0, end) as Writable<InetSocket>;
    socket.recvQueue = null;
    socket.sendQueue = null;
    socket.timer = null;
    socket.uid = null;
    socket.inode = null;
    if (socket.protocol !== 'tcp') return { socket, tcpInfo: null };
    socket.state = 'CLOSE';
    if (isDisconnected(socket)) return { socket, tcpInfo: null };
    const info = attributeValue(bytes, headerSize + inetMessageSize, end, attribute.info);
    return { socket, tcpInfo: info === null ? null : parseTcpInfo(info, null) };
  };
}

/**
 * Whether the kernel has cleared the remote port, and TCP's record with it, before it reports the end: tcp_disconnect(),
 * after a program aborted its connection (SO_LINGER with 0 seconds), or waited for one that was refused.
 */
function isDisconnected({ remote }: InetSocket): boolean {
  return remote.port === 0 && !isAnyAddress(remote.address);
}
