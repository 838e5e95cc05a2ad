import type { InetFamily } from '../model/socket.ts';
import { usageError } from './usage.ts';

/** What -A may name: net-tools' spellings. */
export const families: Readonly<Record<string, InetFamily | 'unix'>> = {
  inet: 'inet',
  ip: 'inet',
  tcpip: 'inet',
  inet6: 'inet6',
  unix: 'unix',
  local: 'unix',
};

const gone = ['ax25', 'bluetooth', 'ddp', 'econet', 'ipx', 'netrom', 'rose', 'x25'];

/** @throws NetstatError `usage` */
export function parseFamily(name: string): InetFamily | 'unix' {
  const family = Object.hasOwn(families, name) ? families[name] : undefined;
  if (family !== undefined) return family;
  throw usageError(
    gone.includes(name)
      ? `-A ${name}: this family is gone from Linux; there is nothing to list`
      : `-A ${name}: not an address family; these are inet, inet6 and unix`,
  );
}
