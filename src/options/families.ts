import type { InetFamily } from '../model/protocol.ts';
import { allFlags } from './flag-table.ts';
import { shownValue, usageError } from './usage.ts';

/** The families that -A accepts, in net-tools' spellings. */
export const families: Readonly<Record<string, InetFamily | 'unix'>> = {
  inet: 'inet',
  ip: 'inet',
  tcpip: 'inet',
  inet6: 'inet6',
  unix: 'unix',
  local: 'unix',
};

/** net-tools' families that are not listed here; the long option of the same name says why. */
const unlisted = ['ax25', 'bluetooth', 'ddp', 'econet', 'ipx', 'netrom', 'rose', 'x25'];

/** The flags of protocols, which ss's -A takes. */
const protocolFlags: Readonly<Record<string, string>> = {
  tcp: '-t',
  udp: '-u',
  udplite: '-U',
  sctp: '-S',
  raw: '-w',
};

/** @throws NetstatError `usage` */
export function parseFamily(name: string): InetFamily | 'unix' {
  const family = Object.hasOwn(families, name) ? families[name] : undefined;
  if (family !== undefined) return family;
  const refusal = unlisted.includes(name) ? refusalOf(name) : undefined;
  const flag = Object.hasOwn(protocolFlags, name)
    ? `; for the protocol type ${protocolFlags[name]}`
    : /^\d+$/.test(name)
      ? `; for a port type --port ${shownValue(name)}`
      : '';
  throw usageError(
    `-A ${shownValue(name)}: ${refusal ?? `not an address family; these are inet, inet6 and unix${flag}`}`,
  );
}

function refusalOf(long: string): string | undefined {
  return allFlags.find((flag) => flag.long === long)?.refusal;
}
