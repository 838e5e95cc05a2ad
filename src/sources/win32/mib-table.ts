import type { InetFamily } from '../../model/protocol.ts';
import { ipv4TextAt, ipv6TextAt } from './address.ts';
import { callFailed, errorCode } from './error-code.ts';
import { addressFamily, type MibAnswer } from './windows-api.ts';

/** The tables of netioapi.h have 8-byte members, so rows begin after 4 bytes of padding. */
export const mibFirstRow = 8;

/**
 * Sizes of MIB_IPFORWARD_ROW2, MIB_IPINTERFACE_ROW, MIB_UNICASTIPADDRESS_ROW and MIB_IF_ROW2 (netioapi.h), the same on
 * every processor.
 */
export const mibRowSize = {
  ipForward: 104,
  ipInterface: 168,
  unicastAddress: 80,
  interface: 1352,
} as const;

/**
 * Returns the table in an answer; empty if Windows has nothing to list.
 * @param name the Windows function, for messages
 * @throws NetstatError `unreadable` for any other error code
 */
export function mibTable(name: string, answer: MibAnswer): Buffer {
  switch (answer.status) {
    case errorCode.success:
      return answer.table;
    case errorCode.notFound:
    case errorCode.notSupported:
      return Buffer.alloc(mibFirstRow);
    default:
      throw callFailed(name, answer.status);
  }
}

/** Returns the canonical address in the SOCKADDR_INET (ws2ipdef.h) at `at`; null for another family. */
export function socketAddress(
  bytes: Buffer,
  at: number,
): { family: InetFamily; address: string } | null {
  switch (bytes.readUInt16LE(at)) {
    case addressFamily.inet:
      return { family: 'inet', address: ipv4TextAt(bytes, at + 4) };
    case addressFamily.inet6:
      return { family: 'inet6', address: ipv6TextAt(bytes, at + 8) };
    default:
      return null;
  }
}

/** Decodes UTF-16 text that ends at a zero or after `units`. */
export function wideText(bytes: Buffer, at: number, units: number): string {
  const text = bytes.subarray(at, at + units * 2).toString('utf16le');
  const end = text.indexOf('\0');
  return end < 0 ? text : text.slice(0, end);
}
