import type { InetFamily } from '../../../model/protocol.ts';
import type { Proc } from '../proc/proc.ts';
import { sockstatFiles } from '../proc-files.ts';

/** How many rows a TCP table will have, as far as the kernel counts them. */
export interface TcpCounts {
  /** The file of the counts, under /proc. */
  readonly path: string;
  /** Sockets: everything but TIME_WAIT and half-open connections. */
  readonly inUse: number;
  readonly timeWait: number;
}

const lineOf = {
  inet: { path: sockstatFiles.inet, line: /^TCP: inuse (\d+)(?: orphan \d+)?(?: tw (\d+))?/m },
  inet6: { path: sockstatFiles.inet6, line: /^TCP6: inuse (\d+)/m },
} as const;

/**
 * The counts of /proc/net/sockstat (net/ipv4/proc.c) and sockstat6 (net/ipv6/proc.c), which cost nothing, whereas
 * the kernel walks every bucket to print the table. null: not known, or not written by Linux itself.
 */
export function tcpCounts(proc: Proc, family: InetFamily): TcpCounts | null {
  const { path, line } = lineOf[family];
  if (!proc.isKernels(path)) return null;
  try {
    const found = line.exec(proc.readFile(path).toString('latin1'));
    if (found === null) return null;
    return { path, inUse: Number(found[1]), timeWait: Number(found[2] ?? 0) };
  } catch {
    return null;
  }
}

/** The kernel's count of sockets of any kind in this network namespace; null: not known. */
export function socketCount(proc: Proc): number | null {
  try {
    const text = proc.readFile(sockstatFiles.inet).toString('latin1');
    const used = /^sockets: used (\d{1,9})$/m.exec(text)?.[1];
    return used === undefined ? null : Number(used);
  } catch {
    return null;
  }
}
