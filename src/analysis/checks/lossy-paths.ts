import { addTo } from '../../model/add-to.ts';
import { inet6Scope, unmapped } from '../../model/address/text.ts';
import type { InetSocket, Socket } from '../../model/socket/socket.ts';
import { counted } from '../../text/counted.ts';
import { check, type Draft } from './check.ts';
import { counterValue, grown } from './counters.ts';
import { largest } from './numbers.ts';
import { socketKey, socketsByKey } from './socket-sets.ts';

/** Destinations that do not answer, and paths that lose packets. */
export const lossyPaths = check({
  name: 'lossy-paths',
  summary: 'destinations that do not answer, and paths that lose packets',
  details:
    'By remote address. No answer: a connection has retransmitted the same segment `row` times, with increasing delays (a second or more in all), or a new connection has repeated its SYN that often: a warning. Losses: connections that have lost at least `segments` segments and `loss` percent of their bytes, and lost more between the two readings: a warning. Duplicates reported by the peer (DSACK) do not count as lost. Simultaneous losses to several destinations are one finding: the common cause is near this machine.',
  about: 'sockets',
  thresholds: {
    row: { value: 3, meaning: 'successive retransmissions of one segment' },
    segments: { value: 10, meaning: 'segments that a connection lost' },
    loss: { value: 5, unit: '%', meaning: 'of the bytes of a connection lost' },
  },
  needs: {
    protocols: ['tcp'],
    tcpInfo: true,
    rowFacts: ['timers'],
    counters: 'useful',
    twoReadings: true,
  },
  watches: (socket) =>
    socket.protocol !== 'unix' &&
    socket.state !== 'LISTEN' &&
    socket.state !== 'SYN_RECV' &&
    ((socket.tcpInfo?.retransmitted ?? 0) > 0 || repetitions(socket) > 0),
  glances: ({ state, retransmits, retransmitted }) =>
    state !== 'LISTEN' && state !== 'SYN_RECV' && (retransmits > 0 || retransmitted !== 0),
  // The kernel counts retransmissions: if there were none between the looks no connection lost anything, and the
  // silent destinations are known already.
  again: (between, { row }) =>
    grown(between, 'Tcp', 'RetransSegs') !== 0 ||
    between.before.sockets.some((socket) => repetitions(socket) >= row),
  find(evidence, { row, segments, loss }) {
    const then = socketsByKey(evidence.before?.sockets ?? []);
    const silent = new Map<string, InetSocket[]>();
    const lossy = new Map<string, InetSocket[]>();
    for (const socket of evidence.sockets) {
      if (socket.protocol === 'unix') continue;
      const address = unmapped(socket.remote.address);
      const { timer } = socket;
      if (timer?.kind === 'on' && timer.retransmits >= row) {
        addTo(silent, address, socket);
      } else if (
        lostSegments(socket) >= segments &&
        lossOf(socket) >= loss &&
        isStillLosing(socket, then.get(socketKey(socket)))
      ) {
        addTo(lossy, address, socket);
      }
    }
    const own = ownRate(
      counterValue(evidence, 'Tcp', 'RetransSegs'),
      counterValue(evidence, 'Tcp', 'OutSegs'),
    );
    return [
      ...worstFirst(silent).map(([address, sockets]) => unanswering(address, sockets)),
      ...losses(worstFirst(lossy), own),
    ];
  },
});

/** How many times in a row the same segment was retransmitted. */
function repetitions(socket: Socket): number {
  return socket.protocol === 'unix' ? 0 : (socket.timer?.retransmits ?? 0);
}

type Destinations = readonly (readonly [string, readonly InetSocket[]])[];

function worstFirst(all: ReadonlyMap<string, readonly InetSocket[]>): Destinations {
  return [...all].sort(([, a], [, b]) => b.length - a.length);
}

/** Retransmitted segments, less those that the peer reports to have received twice: they were not lost. */
function lostSegments({ tcpInfo }: InetSocket): number {
  return Math.max(0, (tcpInfo?.retransmitted ?? 0) - (tcpInfo?.duplicates ?? 0));
}

/** The share of sent data that was lost, in percent; 0: not known. */
function lossOf(socket: InetSocket): number {
  const {
    bytesSent = null,
    bytesRetransmitted = null,
    retransmitted = null,
  } = socket.tcpInfo ?? {};
  if (bytesSent === null || bytesRetransmitted === null || bytesSent === 0n) return 0;
  const again = Number((bytesRetransmitted * 10_000n) / bytesSent) / 100;
  return (again * lostSegments(socket)) / (retransmitted || 1);
}

/** A connection not watched in the look before had lost nothing then. */
function isStillLosing(socket: InetSocket, then: Socket | undefined): boolean {
  const before = then === undefined || then.protocol === 'unix' ? 0 : lostSegments(then);
  return lostSegments(socket) > before;
}

function ownRate(again: number | null, sent: number | null): number | null {
  return again === null || sent === null || sent === 0
    ? null
    : Math.round((again * 1000) / sent) / 10;
}

function unanswering(address: string, sockets: readonly InetSocket[]): Draft {
  const opening = sockets.filter(({ state }) => state === 'SYN_SENT').length;
  const most = largest(sockets.map(({ timer }) => timer?.retransmits ?? 0));
  return {
    severity: 'warning',
    certainty: 'likely',
    title: `${address} does not answer ${counted(sockets.length, 'connection')}`,
    observations: [
      `${counted(sockets.length, 'connection')} ${sockets.length === 1 ? 'retransmits' : 'retransmit'} the same segment, up to ${counted(most, 'time')} so far; ${opening} of them ${opening === 1 ? 'is' : 'are'} still being opened.`,
    ],
    seen: { count: sockets.length, opening, repetitions: most },
    sockets: [...sockets].sort((a, b) => (b.timer?.retransmits ?? 0) - (a.timer?.retransmits ?? 0)),
    why: `Nothing comes back: the other end disappeared, a firewall silently drops packets, ${opening === 0 ? '' : "the server's accept queue is full, "}or the path is broken. The delays grow; ${givenUp(opening, sockets.length)}.`,
    remedy: `See whether it answers anything (\`ping ${asTarget(address)}\`, \`tracepath ${asTarget(address)}\`) and whether the service is up there. If only old connections hang, a device on the path has forgotten them (NAT, a firewall with a time-out): make the program send keep-alives (SO_KEEPALIVE) or set TCP_USER_TIMEOUT. If a SYN gets no answer, a filter drops it, or the server's accept queue is full, as \`--diagnose accept-queue\` there shows.`,
    command: ['-tanpo', '--tcp-info', 'dst', address],
  };
}

/** An address to type after `ping`: a link-local one needs the interface, which rows of Linux do not have. */
function asTarget(address: string): string {
  return inet6Scope(address) === 'link' ? `${address}%INTERFACE` : address;
}

/** When the kernel gives up, by default (net.ipv4.tcp_syn_retries, tcp_retries2). */
function givenUp(opening: number, all: number): string {
  if (opening === 0) return 'the connection is given up after a quarter of an hour';
  if (opening === all) return 'the attempt is given up after about two minutes';
  return 'a connection is given up after a quarter of an hour, an attempt to open one after about two minutes';
}

/** From this many destinations on, a finding names what they share. */
const together = 3;

function losses(destinations: Destinations, own: number | null): readonly Draft[] {
  if (destinations.length < together) {
    return destinations.map(([address, sockets]) =>
      losing(`the path to ${address}`, sockets, own, 1),
    );
  }
  const sockets = destinations.flatMap(([, some]) => some);
  return [
    losing(`the paths to ${destinations.length} destinations`, sockets, own, destinations.length),
  ];
}

function losing(
  path: string,
  sockets: readonly InetSocket[],
  own: number | null,
  destinations: number,
): Draft {
  const worst = [...sockets].sort((a, b) => lossOf(b) - lossOf(a));
  const again = sockets.reduce((all, socket) => all + lostSegments(socket), 0);
  const [most = 0] = worst.map(lossOf);
  const verb = destinations === 1 ? 'loses' : 'lose';
  const address = worst[0] === undefined ? '' : unmapped(worst[0].remote.address);
  return {
    severity: 'warning',
    certainty: 'likely',
    title: `${path} ${verb} what is sent: ${counted(sockets.length, 'connection')}`,
    observations: [
      `${counted(sockets.length, 'connection')} lost ${counted(again, 'segment')}, up to ${most.toFixed(1)} % of the bytes of one, and still ${sockets.length === 1 ? 'loses' : 'lose'} some.`,
      ...(own === null
        ? []
        : [`This network has retransmitted ${own} % of all its segments since it came up.`]),
    ],
    seen: {
      count: sockets.length,
      lost: again,
      percent: Math.round(most * 10) / 10,
      own,
      destinations,
    },
    sockets: worst,
    why: 'Each loss costs at least a round trip and slows the sender: with a few percent of loss, throughput drops to a fraction.',
    remedy:
      destinations === 1
        ? `Find where packets are lost (\`mtr -T ${asTarget(address)}\`, \`tracepath ${asTarget(address)}\`: an MTU that is too large looks the same) and at the other end's own counters.`
        : 'What several destinations have in common is this machine or its link: check errors and drops of the interfaces (`tsnetstat -i`), their duplex and queue, a rate limit or a virtual machine without CPU.',
    command:
      destinations === 1
        ? ['-tanp', '--tcp-info', '--sort', '-retrans', 'dst', address]
        : ['-tanp', '--tcp-info', '--sort', '-retrans'],
  };
}
