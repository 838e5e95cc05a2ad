import { addTo } from '../../model/add-to.ts';
import type { Owner } from '../../model/owner.ts';
import type { Socket } from '../../model/socket.ts';
import { check, type Draft } from './check.ts';
import { counting, socketKey, socketsByKey } from './words.ts';

/** Programs that do not close connections that the peer has closed. */
export const closeWait = check({
  name: 'close-wait',
  summary: 'programs that keep connections which the peer has closed',
  details:
    'A process that holds at least `count` TCP connections in CLOSE_WAIT which it held a second before too: the peer has closed, and the program does not. Those that a program is about to close are gone by then, and those that were not accepted yet do not count. It is a warning, and critical from `many` on. Where owners may not be seen, the connections of one local port stand for a process.',
  about: 'sockets',
  thresholds: {
    count: { value: 20, meaning: 'connections of one process' },
    many: { value: 1000, meaning: 'connections of one process, and it is critical' },
  },
  needs: { protocols: ['tcp'], twoReadings: true, usefulFacts: ['descriptors'] },
  watches: ({ state }) => state === 'CLOSE_WAIT',
  glances: ({ state }) => state === 'CLOSE_WAIT',
  again: ({ before }, { count }) => before.sockets.length >= count,
  ownersOf: ({ sockets }, { count }) => (sockets.length < count ? [] : sockets),
  find({ sockets, before, seconds }, { count, many }) {
    const then = socketsByKey(before?.sockets ?? []);
    const lasting = sockets.filter(
      (socket) => socket.noOwner !== 'none' && then.has(socketKey(socket)),
    );
    const drafts: Draft[] = [];
    for (const [holder, kept] of byHolder(lasting)) {
      if (kept.length < count) continue;
      const all = sockets.filter((socket) => holderOf(socket).key === holder);
      drafts.push(leak(kept, all.length - kept.length, seconds, kept.length >= many));
    }
    return drafts.sort((a, b) => (b.seen.count ?? 0) - (a.seen.count ?? 0));
  },
});

function holderOf(socket: Socket): { readonly key: string; readonly owner: Owner | null } {
  const owner = socket.owners?.[0] ?? null;
  if (owner !== null) return { key: `pid ${owner.pid}`, owner };
  return { key: `port ${socket.protocol === 'unix' ? 0 : socket.local.port}`, owner };
}

function byHolder(sockets: readonly Socket[]): ReadonlyMap<string, readonly Socket[]> {
  const all = new Map<string, Socket[]>();
  for (const socket of sockets) {
    const { key } = holderOf(socket);
    addTo(all, key, socket);
  }
  return all;
}

function leak(kept: readonly Socket[], fresh: number, seconds: number, isMuch: boolean): Draft {
  const first = kept[0] as Socket;
  const { owner } = holderOf(first);
  const port = first.protocol === 'unix' ? 0 : first.local.port;
  const name =
    owner === null ? `port ${port}` : `${owner.program ?? 'a process'} (PID ${owner.pid})`;
  const unread = kept.filter((socket) => socket.protocol !== 'unix' && (socket.recvQueue ?? 0) > 1);
  return {
    severity: isMuch ? 'critical' : 'warning',
    certainty: owner === null ? 'likely' : 'sure',
    title: `${name} keeps ${counting(kept.length, 'connection')} that the peer has closed`,
    observations: [
      `${counting(kept.length, 'connection')} in CLOSE_WAIT ${kept.length === 1 ? 'was' : 'were'} there ${seconds.toFixed(1)} s before too; ${fresh} more came since.`,
      ...(unread.length > 0
        ? [
            `${counting(unread.length, 'connection')} of these still ${unread.length === 1 ? 'has' : 'have'} data that the program has not read.`,
          ]
        : []),
    ],
    seen: { count: kept.length, new: fresh, unread: unread.length },
    sockets: kept,
    why: 'The kernel waits for the program to close its end, for as long as it takes: no time-out ends CLOSE_WAIT. Each holds a descriptor and memory until the program has none left.',
    remedy:
      'This is a fault in the program, and no setting of the kernel helps. Look for a path that does not close (an error, a pool that does not test idle connections, a read that ignores the end of data), or for a program that is stuck and reads nothing (`cat /proc/PID/stack`). To start it anew frees them.',
    command: [
      '-tanp',
      'state',
      'close-wait',
      ...(owner === null ? ['sport', '=', `:${port}`] : ['and', 'pid', '=', String(owner.pid)]),
    ],
  };
}
