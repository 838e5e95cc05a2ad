import type { InetSocket, Socket } from '../../model/socket/socket.ts';
import { counted } from '../../text/counted.ts';
import { check, type Draft } from './check.ts';
import { largest, percent, sum } from './numbers.ts';
import { byResponsible, type Responsible, type Together } from './responsible.ts';
import { inetOnly, socketKey, socketsByKey } from './socket-sets.ts';
import { unanswered } from './unanswered.ts';

/** In bytes: shorter queues are no finding, whatever the thresholds. */
const worthALook = 4096;

/** Connections whose data is not read, by this machine's program or by the peer. */
export const stuckQueues = check({
  name: 'stuck-queues',
  summary: 'connections whose data is not read, by a program here or by the peer',
  text: {
    meaning:
      'A program that does not read stalls its peer, and one whose peer does not read stalls too: such queues spread from the slowest program to all that wait for it.',
    found: [
      [
        'warning',
        'A program here does not read, as for a note, and the connection has used `full` percent of its receive buffer: the peer cannot send more. It stays a note if the peer has closed.',
      ],
      ['warning', 'Peers do not read, as for a note, `count` connections or more of one process.'],
      [
        'note',
        'A program here does not read: at least `unread` bytes wait in a connection, none of it was read between the two readings, and nothing has arrived for `silent` seconds. The program may be busy with something else.',
      ],
      [
        'note',
        'A peer does not read: data waits to be sent, but the peer has closed its window (it answers zero-window probes in both readings), and nothing could be sent for `silent` seconds.',
      ],
    ],
    silent:
      'Shorter pauses, which are normal for a slow client. Fewer than 4096 unread bytes, whatever `unread` is. A peer that does not answer probes, which is for `lossy-paths`.',
    remedy:
      'Look at the program that does not read: it may be stopped, blocked on a lock, a disk or a write of its own, or busy. Against slow peers a send time-out helps.',
    counts: 'processes',
  },
  about: 'sockets',
  thresholds: {
    unread: { value: 16_384, meaning: 'bytes wait to be read' },
    silent: { value: 5, unit: 's', meaning: 'nothing moves' },
    full: { value: 90, unit: '%', meaning: 'of the receive buffer is used, for a warning' },
    count: { value: 10, meaning: 'connections whose peers do not read, for a warning' },
  },
  needs: {
    protocols: ['tcp'],
    tcpInfo: true,
    socketInfo: true,
    rowFacts: ['queues', 'timers'],
    twoReadings: true,
  },
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
      if (before === undefined || before.protocol === 'unix' || !isProbing(before)) return false;
      // A probe may just be on its way, but its answer does not take that long.
      return unanswered(before.timer) === 0 || unanswered(socket.timer) === 0;
    });
    return [
      ...unreadKinds.flatMap((kind) =>
        byResponsible(mine.filter((one) => unreadKind(one, settings) === kind)).map((group) =>
          notReading(group, kind, evidence.seconds),
        ),
      ),
      ...byResponsible(theirs).map((group) =>
        peersNotReading(group, group.sockets.length >= settings.count),
      ),
    ];
  },
});

type Settings = Readonly<Record<'unread' | 'silent' | 'full' | 'count', number>>;

/** The zero-window probe is set (`probe` in netstat -o). */
function isProbing({ timer, sendQueue }: InetSocket): boolean {
  return timer?.kind === 'probe' && (sendQueue ?? 0) > 0;
}

function unread(sockets: readonly Socket[], settings: Settings): readonly InetSocket[] {
  return inetOnly(sockets).filter(
    (socket) =>
      socket.inode !== null &&
      unreadBytes(socket) >= settings.unread &&
      (socket.tcpInfo?.lastReceived ?? 0) >= settings.silent * 1000,
  );
}

/** The kernel counts the FIN of a peer that has closed as a byte. */
function unreadBytes({ recvQueue, state }: InetSocket): number {
  return Math.max(0, (recvQueue ?? 0) - (isClosedByPeer(state) ? 1 : 0));
}

function isClosedByPeer(state: Socket['state']): boolean {
  return state === 'CLOSE_WAIT' || state === 'LAST_ACK' || state === 'CLOSING';
}

/** What the peer of a connection that is not read can do: nothing, send more, or it has closed. */
const unreadKinds = ['full', 'open', 'closed'] as const;

type UnreadKind = (typeof unreadKinds)[number];

function unreadKind(socket: InetSocket, { full }: Settings): UnreadKind {
  if (isClosedByPeer(socket.state)) return 'closed';
  const fill = fillOf(socket);
  return fill !== null && fill >= full ? 'full' : 'open';
}

/** How much of the receive buffer is used, in percent; null: not known. */
function fillOf({ memory }: InetSocket): number | null {
  return memory ? percent(memory.receive, memory.receiveLimit) : null;
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

function notReading(
  { by, sockets }: Together<Responsible>,
  kind: UnreadKind,
  seconds: number,
): Draft {
  const bytes = sum(sockets.map(unreadBytes));
  const silent = longest(sockets.map(({ tcpInfo }) => tcpInfo?.lastReceived));
  const fills = sockets.flatMap((socket) => fillOf(socket) ?? []);
  const connections = counted(sockets.length, 'connection');
  const upTo = sockets.length === 1 ? '' : 'up to ';
  return {
    ...unreadTexts[kind],
    title: {
      full: `${by.name} does not read ${connections}`,
      open: `${by.name} has not read ${connections} for ${upTo}${silent} s`,
      closed: `${by.name} has not read ${connections} that the peer has closed`,
    }[kind],
    observations: [
      `${counted(bytes, 'byte')} wait to be read and were not read within ${seconds.toFixed(1)} s; ${kind === 'full' ? `${sockets.length === 1 ? 'the receive buffer is' : 'the receive buffers are'} full, and ` : ''}nothing has arrived for ${upTo}${silent} s.`,
    ],
    seen: {
      count: sockets.length,
      unread: bytes,
      silent,
      fill: fills.length === 0 ? null : largest(fills),
    },
    sockets,
    remedy:
      'Find out what the program does: it may be stopped (`ps -o pid,stat,wchan -p PIDS` shows T), blocked on a lock, a disk or its own write to a peer that does not read either (`cat /proc/WORKER/stack`), or busy with one connection while others wait (`strace -p PIDS`).',
    command: commandFor(by, ['recvq', '>', '0']),
  };
}

const unreadTexts: Readonly<Record<UnreadKind, Pick<Draft, 'severity' | 'certainty' | 'why'>>> = {
  full: {
    severity: 'warning',
    certainty: 'sure',
    why: 'The peer cannot send more until this program reads, so it stalls too. Such queues spread upstream, from the slowest program to all that wait for it.',
  },
  open: {
    severity: 'note',
    certainty: 'worth a look',
    why: 'The program may be busy with something else, such as the last request, or hang. The peer can still send; once the buffer is full, it stalls too.',
  },
  closed: {
    severity: 'note',
    certainty: 'worth a look',
    why: 'The peer has sent everything and closed. The program may be busy with something else, or hang; until it reads and closes, nothing comes of what was sent, and each connection holds a descriptor.',
  },
};

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
