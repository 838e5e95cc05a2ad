import type { InterfaceAddress } from '../../../model/machine/interface.ts';
import { plainIpv6 } from '../address.ts';
import { type Parsed, parseLines, wordsOf } from '../line-reader.ts';

/** IPv6 address scopes as the kernel prints them: IPV6_ADDR_* of <net/ipv6.h>, the scope's bits. */
const scopes: Readonly<Record<string, InterfaceAddress['scope']>> = {
  '00': 'global',
  '10': 'host',
  '20': 'link',
  '40': 'site',
  '80': 'compat',
};

/** An IPv6 address and its interface. */
export interface DeviceInet6 {
  readonly device: string;
  readonly index: number;
  readonly address: InterfaceAddress;
}

/**
 * /proc/net/if_inet6 (net/ipv6/addrconf.c, if6_seq_show): no header; address, interface index,
 * prefix length, scope and flags in hex, interface.
 */
export function ifInet6Line(line: string): DeviceInet6 | null {
  const [digits = '', index = '', length = '', scope = '', , device] = wordsOf(line);
  if (
    device === undefined ||
    !/^[0-9a-f]{32}$/i.test(digits) ||
    ![index, length, scope].every((word) => /^[0-9a-f]{1,8}$/i.test(word)) ||
    Number.parseInt(length, 16) > 128
  ) {
    return null;
  }
  return {
    device,
    index: Number.parseInt(index, 16),
    address: {
      family: 'inet6',
      address: plainIpv6(digits),
      prefixLength: Number.parseInt(length, 16),
      broadcast: null,
      peer: null,
      scope: scopes[scope] ?? null,
    },
  };
}

/** Parses the text of /proc/net/if_inet6. */
export function parseIfInet6(text: string): Parsed<DeviceInet6> {
  return parseLines(text, ifInet6Line);
}
