import type { InetFamily } from '../../../model/socket.ts';
import type { Proc } from '../proc/proc.ts';

/** How many rows a TCP table is about to have, as far as the kernel keeps count. */
export interface TcpCounts {
  /** Sockets: everything but TIME_WAIT and half-open connections. */
  readonly inUse: number;
  readonly timeWait: number;
}

const lineOf = {
  inet: { path: 'net/sockstat', line: /^TCP: inuse (\d+)(?: orphan \d+)?(?: tw (\d+))?/m },
  inet6: { path: 'net/sockstat6', line: /^TCP6: inuse (\d+)/m },
} as const;

/**
 * The counts of /proc/net/sockstat (net/ipv4/proc.c) and sockstat6 (net/ipv6/proc.c), which cost
 * nothing: the kernel looks into every bucket of its table to print the table itself. null: not told,
 * or not by Linux itself.
 */
export function tcpCounts(proc: Proc, family: InetFamily): TcpCounts | null {
  const { path, line } = lineOf[family];
  if (!proc.isKernels(path)) return null;
  try {
    const found = line.exec(proc.readFile(path).toString('latin1'));
    return found === null ? null : { inUse: Number(found[1]), timeWait: Number(found[2] ?? 0) };
  } catch {
    return null;
  }
}

/** How many sockets of any kind there are in this network namespace, as the kernel counts them; null: not told. */
export function socketCount(proc: Proc): number | null {
  try {
    const text = proc.readFile('net/sockstat').toString('latin1');
    const used = /^sockets: used (\d{1,9})$/m.exec(text)?.[1];
    return used === undefined ? null : Number(used);
  } catch {
    return null;
  }
}
