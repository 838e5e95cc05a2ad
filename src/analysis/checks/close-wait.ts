import type { InetSocket } from '../../model/socket/socket.ts';
import { counted } from '../../text/counted.ts';
import { check, type Draft, type Evidence } from './check.ts';
import { byResponsible, type Responsible } from './responsible.ts';
import { inetOnly, socketKey, socketsByKey } from './socket-sets.ts';

/** Programs that do not close connections that the peer has closed. */
export const closeWait = check({
  name: 'close-wait',
  summary: 'programs that do not close connections closed by the peer',
  text: {
    meaning:
      'Nothing but the program ends CLOSE_WAIT: each of these connections holds a descriptor and memory until the program runs out of them.',
    found: [
      ['critical', 'The same as a warning, with `many` connections or more.'],
      [
        'warning',
        'A process has at least `count` TCP connections that were in CLOSE_WAIT in both readings: the peer has closed them, the program has not.',
      ],
    ],
    silent: 'Connections that the program has not accepted yet.',
    remedy:
      'Look for the bug in the program: a code path that does not close, or one that is stuck. A restart frees the connections; no setting of the kernel helps.',
    counts: 'processes',
  },
  about: 'sockets',
  thresholds: {
    count: { value: 20, meaning: 'connections of one process' },
    many: { value: 1000, meaning: 'connections of one process for critical' },
  },
  needs: { protocols: ['tcp'], twoReadings: true },
  watches: ({ state }) => state === 'CLOSE_WAIT',
  glances: ({ state }) => state === 'CLOSE_WAIT',
  again: ({ before }, { count }) => before.sockets.length >= count,
  ownersOf: ({ sockets }, { count }) => (sockets.length < count ? [] : sockets),
  find({ sockets, before, seconds, platform }, { count, many }) {
    const then = socketsByKey(before?.sockets ?? []);
    const drafts: Draft[] = [];
    const accepted = inetOnly(sockets).filter(({ noOwner }) => noOwner !== 'none');
    for (const { by, sockets: all } of byResponsible(accepted)) {
      const kept = all.filter((socket) => then.has(socketKey(socket)));
      if (kept.length < count) continue;
      const fresh = all.length - kept.length;
      drafts.push(leak(kept, by, { fresh, seconds, isMuch: kept.length >= many, platform }));
    }
    return drafts.sort((a, b) => (b.seen.count ?? 0) - (a.seen.count ?? 0));
  },
});

/** Where a program is stuck shows, by the commands that the platform has. */
const whereStuck: Readonly<Record<Evidence['platform'], string>> = {
  linux: '`cat /proc/PID/stack`',
  darwin: '`sample PID`',
  win32: '`resmon`, Analyze Wait Chain',
};

function leak(
  kept: readonly InetSocket[],
  { name, pid, condition }: Responsible,
  {
    fresh,
    seconds,
    isMuch,
    platform,
  }: Pick<Evidence, 'seconds' | 'platform'> & {
    readonly fresh: number;
    readonly isMuch: boolean;
  },
): Draft {
  const unread = kept.filter(({ recvQueue }) => (recvQueue ?? 0) > 1);
  return {
    severity: isMuch ? 'critical' : 'warning',
    certainty: pid === null ? 'likely' : 'sure',
    title: `${name} keeps ${counted(kept.length, 'connection')} that the peer has closed`,
    observations: [
      `${counted(kept.length, 'connection')} in CLOSE_WAIT ${kept.length === 1 ? 'was' : 'were'} already there ${seconds.toFixed(1)} s before; ${fresh} more came since.`,
      ...(unread.length > 0
        ? [
            `${counted(unread.length, 'connection')} of these still ${unread.length === 1 ? 'has' : 'have'} data that the program has not read.`,
          ]
        : []),
    ],
    seen: {
      ...{ count: kept.length, new: fresh },
      unread: kept.every(({ recvQueue }) => recvQueue === null) ? null : unread.length,
    },
    sockets: kept,
    why: 'The kernel waits for the program to close its end; no time-out ends CLOSE_WAIT. Each connection holds a descriptor and memory until the program runs out of them.',
    remedy: `This is a bug in the program; no kernel setting helps. Look for a code path that does not close (an error, a pool that does not test idle connections, a read that ignores end of data), or a program that is stuck (${whereStuck[platform]}). A restart frees the connections.`,
    command: ['-tanp', 'state', 'close-wait', 'and', ...condition],
  };
}
