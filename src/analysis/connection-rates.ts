import { placeKey } from '../model/place.ts';
import type { InetSocket, Socket } from '../model/socket.ts';
import type { TcpRates } from '../model/socket-info.ts';

/** Sets the rates of one round's connections. */
export type RoundMeter = (sockets: readonly Socket[]) => void;

/** Returns the meter for a round that began at `at` (milliseconds of a monotonic clock). */
export type RateMeter = (at: number) => RoundMeter;

/** What is remembered of a connection until the next round. */
interface Counted {
  readonly inode: number | null;
  readonly sent: bigint | null;
  readonly received: bigint | null;
}

/**
 * Measures from round to round how fast data flows on TCP connections; their rows must have `tcpInfo`. The meter of
 * a round must be given each of its sockets once. A connection is recognized by its ends and its place. Where its
 * inode differs, or a counter is lower than before, it is a new connection, which has no rate yet.
 */
export function rateMeter(): RateMeter {
  let before: { readonly at: number; readonly counted: ReadonlyMap<string, Counted> } | null = null;
  return (at) => {
    const last = before;
    const seconds = last === null ? 0 : (at - last.at) / 1000;
    const counted = new Map<string, Counted>();
    before = { at, counted };
    return (sockets) => {
      for (const socket of sockets) {
        if (socket.protocol === 'unix') continue;
        let rates: TcpRates | null = null;
        const now = countsOf(socket);
        if (now !== null) {
          const key = keyOf(socket);
          const then = seconds > 0 ? last?.counted.get(key) : undefined;
          if (then !== undefined) rates = ratesOf(then, now, seconds);
          counted.set(key, now);
        }
        (socket as { rates?: TcpRates | null }).rates = rates;
      }
    };
  };
}

function keyOf(socket: InetSocket): string {
  const { family, local, remote } = socket;
  const zone = local.zone ?? '';
  return `${placeKey(socket)} ${family} ${local.address}%${zone} ${local.port} ${remote.address} ${remote.port}`;
}

function countsOf({ inode, tcpInfo }: InetSocket): Counted | null {
  if (!tcpInfo) return null;
  const { bytesSent: sent, bytesReceived: received } = tcpInfo;
  return { inode, sent, received };
}

function ratesOf(then: Counted, now: Counted, seconds: number): TcpRates | null {
  // A connection gets its inode when it is accepted.
  if (then.inode !== now.inode && then.inode !== null) return null;
  if (isLess(now.sent, then.sent) || isLess(now.received, then.received)) return null;
  return {
    sent: rate(then.sent, now.sent, seconds),
    received: rate(then.received, now.received, seconds),
  };
}

function isLess(now: bigint | null, then: bigint | null): boolean {
  return now !== null && then !== null && now < then;
}

function rate(then: bigint | null, now: bigint | null, seconds: number): number | null {
  return then === null || now === null ? null : Math.round(Number(now - then) / seconds);
}
