import type { InetSocket, Socket } from '../../model/socket/socket.ts';
import { counted } from '../../text/counted.ts';
import { check, type Draft } from './check.ts';
import { largest, sum } from './numbers.ts';
import { byResponsible, type Responsible, type Together } from './responsible.ts';
import { inetOnly, socketKey, socketsByKey } from './socket-sets.ts';

/** In bytes: shorter queues are no finding, whatever the thresholds. */
const worthALook = 4096;

/** Connections whose data is not read, by this machine's program or by the peer. */
export const stuckQueues = check({
  name: 'stuck-queues',
  summary: 'connections whose data is not read, by a program here or by the peer',
  details:
    'A program here: the receive queue of a connection holds at least `unread` bytes, none of it was read between the two readings, and nothing has arrived for `silent` seconds, because its window is closed: a warning for each process. The peer: a connection has data to send, its peer has closed its window (the zero-window probe runs in both readings), and nothing could be sent for `silent` seconds: a note, or a warning from `count` connections of one process on (if owners cannot be seen, or no program holds them any more, counted as in `close-wait`). Shorter pauses are normal for a slow client.',
  about: 'sockets',
  thresholds: {
    unread: { value: 16_384, meaning: 'bytes wait to be read' },
    silent: { value: 5, unit: 's', meaning: 'nothing moves' },
    count: { value: 10, meaning: 'connections whose peers do not read, for a warning' },
  },
  needs: { protocols: ['tcp'], tcpInfo: true, rowFacts: ['queues', 'timers'], twoReadings: true },
  watches: (socket) =>
    socket.protocol !== 'unix' &&
    socket.state !== 'LISTEN' &&
    ((socket.recvQueue ?? 0) >= worthALook || isProbing(socket)),
  glances: ({ state, recvQueue, timer }) =>
    state !== 'LISTEN' && (recvQueue >= worthALook || timer === 'probe'),
  again({ before, seconds }, settings) {
    // By the second look these sockets will have been silent for longer: the threshold is lowered by that.
    const soon = { ...settings, silent: settings.silent - seconds - 1 };
    if (soon.silent <= 0) return before.sockets.length > 0;
    return unread(before.sockets, soon).length > 0 || shut(before.sockets, soon).length > 0;
  },
  ownersOf: (look, settings) => [
    ...unread(look.sockets, settings),
    ...shut(look.sockets, settings),
  ],
  find(evidence, settings) {
    const then = socketsByKey(evidence.before?.sockets ?? []);
    const mine = unread(evidence.sockets, settings).filter((socket) =>
      isUnmoved(socket, then.get(socketKey(socket))),
    );
    const theirs = shut(evidence.sockets, settings).filter((socket) => {
      const before = then.get(socketKey(socket));
      return before?.protocol !== 'unix' && before !== undefined && isProbing(before);
    });
    return [
      ...byResponsible(mine).map((group) => notReading(group, evidence.seconds)),
      ...byResponsible(theirs).map((group) =>
        peersNotReading(group, group.sockets.length >= settings.count),
      ),
    ];
  },
});

type Settings = { readonly unread: number; readonly silent: number; readonly count: number };

/** The zero-window probe is set (`probe` in netstat -o). */
function isProbing({ timer, sendQueue }: InetSocket): boolean {
  return timer?.kind === 'probe' && (sendQueue ?? 0) > 0;
}

function unread(sockets: readonly Socket[], settings: Settings): readonly InetSocket[] {
  return inetOnly(sockets).filter(
    ({ recvQueue, tcpInfo, inode }) =>
      inode !== null &&
      (recvQueue ?? 0) >= settings.unread &&
      (tcpInfo?.lastReceived ?? 0) >= settings.silent * 1000,
  );
}

function shut(sockets: readonly Socket[], settings: Settings): readonly InetSocket[] {
  return inetOnly(sockets).filter(
    (socket) => isProbing(socket) && (socket.tcpInfo?.lastSent ?? 0) >= settings.silent * 1000,
  );
}

/** Everything received meanwhile is still in the queue: nothing was read. */
function isUnmoved(now: InetSocket, then: Socket | undefined): boolean {
  if (then === undefined || then.protocol === 'unix') return false;
  const came = Number((now.tcpInfo?.bytesReceived ?? 0n) - (then.tcpInfo?.bytesReceived ?? 0n));
  return (now.recvQueue ?? 0) - (then.recvQueue ?? 0) >= came;
}

const longest = (numbers: readonly (number | null | undefined)[]) =>
  Math.round(largest(numbers.map((one) => one ?? 0)) / 1000);

function notReading({ by, sockets }: Together<Responsible>, seconds: number): Draft {
  const bytes = sum(sockets.map(({ recvQueue }) => recvQueue ?? 0));
  const silent = longest(sockets.map(({ tcpInfo }) => tcpInfo?.lastReceived));
  return {
    severity: 'warning',
    certainty: 'sure',
    title: `${by.name} does not read ${counted(sockets.length, 'connection')}`,
    observations: [
      `${counted(bytes, 'byte')} wait to be read and were not read within ${seconds.toFixed(1)} s; nothing has arrived for up to ${silent} s, because the window is closed.`,
    ],
    seen: { count: sockets.length, unread: bytes, silent },
    sockets,
    why: 'The peer cannot send until this program reads, so it stalls too. Such queues spread upstream, from the slowest program to all that wait for it.',
    remedy:
      'Find out what the program does: it may be stopped (`ps -o stat,wchan -p PID`: T), blocked on a lock, a disk or its own write to a peer that does not read either, or busy with one connection while others wait (`strace -p PID`).',
    command: commandFor(by, ['recvq', '>', '0']),
  };
}

function peersNotReading({ by, sockets }: Together<Responsible>, isMuch: boolean): Draft {
  const bytes = sum(sockets.map(({ sendQueue }) => sendQueue ?? 0));
  const silent = longest(sockets.map(({ tcpInfo }) => tcpInfo?.lastSent));
  const peers = new Set(sockets.map(({ remote }) => remote.address)).size;
  return {
    severity: isMuch ? 'warning' : 'note',
    certainty: 'sure',
    title: `${counted(peers, 'peer')} of ${by.name} ${peers === 1 ? 'does' : 'do'} not read: ${counted(sockets.length, 'connection')} with a closed window`,
    observations: [
      `${counted(bytes, 'byte')} ${bytes === 1 ? 'waits' : 'wait'} to be sent, for up to ${silent} s; the kernel probes whether the window opens.`,
    ],
    seen: { count: sockets.length, peers, unsent: bytes, silent },
    sockets,
    why: 'The program at the other end does not read what it is sent. The data takes memory here, and a program here that waits for it to be sent stalls too. If clients do this on purpose, it is an attack (slow read).',
    remedy:
      'Check the program at the other end: the cause is there. Here, a send time-out (in the settings of the server, or TCP_USER_TIMEOUT) drops such peers.',
    command: commandFor(by, ['sendq', '>', '0']),
  };
}

function commandFor({ condition }: Responsible, queue: readonly string[]): readonly string[] {
  return ['-tanpo', '--tcp-info', ...queue, 'and', ...condition];
}
