import type { Socket } from '../../model/socket/socket.ts';
import { counted } from '../../text/counted.ts';
import { check, type Draft } from './check.ts';
import { vanishedPeers } from './closing-orphans.ts';
import { largest } from './numbers.ts';
import { byResponsible, type Responsible, type ServiceEnd, type Together } from './responsible.ts';
import { inetOnly, socketKey, socketsByKey } from './socket-sets.ts';
import { unanswered } from './unanswered.ts';

/** Connections that do not finish closing. */
export const stuckClosing = check({
  name: 'stuck-closing',
  summary: 'connections that do not finish closing: FIN_WAIT2, LAST_ACK, CLOSING',
  text: {
    meaning:
      'Connections that one end has closed and the other has not hold memory, and descriptors if a program still has them; some stay for as long as the program runs.',
    found: [
      [
        'warning',
        'Half-closed: a process has at least `count` connections in FIN_WAIT2 in both readings. It has closed only its sending side, the peer does not close, and no time-out ends them.',
      ],
      [
        'warning',
        'Unanswered: at least `count` connections of one service, at a port here or a server elsewhere, are in FIN_WAIT1, LAST_ACK or CLOSING, and no program holds them any more. Their last packet was retransmitted `row` times, or as many zero-window probes got no answer.',
      ],
    ],
    silent:
      'States that the kernel itself ends within a minute (FIN_WAIT2 without a program, TIME_WAIT). Unanswered connections that a program still holds are for `lossy-paths`.',
    remedy:
      'Half-closed: let the program close its connections fully, or after a time-out. Unanswered: see whether the peers are gone, or a device on the way has forgotten the connections.',
    counts: 'processes',
  },
  about: 'sockets',
  thresholds: {
    count: { value: 20, meaning: 'connections' },
    row: { value: 3, meaning: 'successive retransmissions of the last packet' },
  },
  needs: { protocols: ['tcp'], twoReadings: true, rowFacts: ['timers'] },
  watches: ({ state }) => isClosing(state),
  glances: ({ state }) => isClosing(state),
  again: ({ before }, { count }) => before.sockets.length >= count,
  ownersOf: ({ sockets }, { count }) => {
    const held = sockets.filter(isHalfClosed);
    return held.length < count ? [] : held;
  },
  find({ sockets, before, seconds }, { count, row }) {
    const then = socketsByKey(before?.sockets ?? []);
    const inet = inetOnly(sockets);
    const halfClosed = inet.filter((one) => isHalfClosed(one) && then.has(socketKey(one)));
    return [
      ...byResponsible(halfClosed)
        .filter((group) => group.sockets.length >= count)
        .map((group) => waiting(group, seconds)),
      ...vanishedPeers(inet, row, count).map(vanished),
    ];
  },
});

function isClosing(state: Socket['state']): boolean {
  return (
    state === 'FIN_WAIT2' || state === 'FIN_WAIT1' || state === 'LAST_ACK' || state === 'CLOSING'
  );
}

/** A socket that a program still holds has an inode; one that only the kernel still has does not. */
function isHalfClosed({ state, inode }: Socket): boolean {
  return state === 'FIN_WAIT2' && inode !== null;
}

function waiting({ by, sockets }: Together<Responsible>, seconds: number): Draft {
  const { name, condition } = by;
  return {
    severity: 'warning',
    certainty: 'likely',
    title: `${name} waits for the peers of ${counted(sockets.length, 'half-closed connection')}`,
    observations: [
      `${counted(sockets.length, 'connection')} ${sockets.length === 1 ? 'was' : 'were'} already in FIN_WAIT2 ${seconds.toFixed(1)} s before${sockets.length === 1 ? '' : ', each'} with a descriptor of the program.`,
    ],
    seen: { count: sockets.length },
    sockets,
    why: 'The program has closed its sending side (shutdown) and still reads. While it keeps the descriptor, no time-out ends the connection, even if the peer is gone.',
    remedy:
      'Check the peers: they keep connections in CLOSE_WAIT, or are gone. In the program, set a time-out for the rest of the answer and then close the descriptor; the kernel then ends the connection within net.ipv4.tcp_fin_timeout.',
    command: ['-tanp', 'state', 'fin-wait-2', 'and', ...condition],
  };
}

function vanished({ by, sockets }: Together<ServiceEnd>): Draft {
  const { text, isHere, condition } = by;
  const peers = new Set(sockets.map(({ remote }) => remote.address)).size;
  const most = largest(sockets.map(({ timer }) => unanswered(timer)));
  return {
    severity: 'warning',
    certainty: 'likely',
    title: `${isHere ? `port ${sockets[0]?.local.port}` : text}: ${counted(sockets.length, 'connection')} cannot be closed, the peers are gone`,
    observations: [
      `${counted(sockets.length, 'connection')} with ${counted(peers, 'peer')} ${sockets.length === 1 ? 'repeats its' : 'repeat their'} last packet, up to ${counted(most, 'time')} so far.`,
    ],
    seen: { count: sockets.length, peers, repetitions: most },
    sockets,
    why: 'The kernel keeps these sockets, with their unsent data, in memory although no program holds them, by default for up to two minutes. Very many of them reach net.ipv4.tcp_max_orphans.',
    remedy:
      'The peers disappeared: a failed network, a load balancer or NAT that dropped its state, or clients switched off. net.ipv4.tcp_orphan_retries says how often the kernel tries.',
    command: ['-tano', 'exclude', 'established', 'and', ...condition],
  };
}
