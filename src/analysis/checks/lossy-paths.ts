import { addTo } from '../../model/add-to.ts';
import { inet6Scope, unmapped } from '../../model/address/text.ts';
import type { InetSocket, Socket } from '../../model/socket/socket.ts';
import { counted } from '../../text/counted.ts';
import { isWithinMachine } from '../server-end.ts';
import { check, type Draft, settingsOf } from './check.ts';
import { isClosingOrphan, vanishedPeers } from './closing-orphans.ts';
import { counterValue, grown } from './counters.ts';
import { largest, sum } from './numbers.ts';
import { inetOnly, mostFirst, socketKey, socketsByKey } from './socket-sets.ts';
import { unanswered } from './unanswered.ts';

/** Destinations that do not answer, and paths that lose packets. */
export const lossyPaths = check({
  name: 'lossy-paths',
  summary: 'destinations that do not answer, and paths that lose packets',
  text: {
    meaning:
      'What is lost is sent again after a pause: a few percent of loss cut throughput to a fraction, and a destination that does not answer leaves programs hanging for minutes. Findings are by remote address.',
    found: [
      [
        'warning',
        'No answer: a connection has sent the same segment again `row` times (a second or more in all), a new one its SYN that often, or so many keep-alives or zero-window probes in a row got no answer.',
      ],
      [
        'warning',
        'Losses: connections lost `loss` percent of the bytes that they sent between the two readings. At least `segments` segments have to be lost: in that time, or since the connection was opened, if `loss` percent of all that it has sent were lost, too. Losses to three destinations or more at once are one finding: the cause is near this machine.',
      ],
    ],
    silent:
      'Connections that lose nothing now, whatever they have lost before. Duplicates that the peer reports (DSACK), which were not lost. Closed connections that no program holds any more, if `stuck-closing` runs and reports them. The limit is fixed, since a connection that fills its path always loses some of what it sends: what the network has retransmitted in all is shown for comparison only. To find smaller losses lower it: `lossy-paths:loss=2`.',
    remedy:
      'Without an answer, see whether the other end is up (`ping`, `tracepath`). With losses to one destination look along the path (`mtr -T`); with losses to several at this machine and its link (`tsnetstat -i`).',
  },
  about: 'sockets',
  thresholds: {
    row: { value: 3, meaning: 'successive retransmissions of one segment, or probes' },
    segments: { value: 10, meaning: 'segments that a connection lost' },
    loss: { value: 5, unit: '%', meaning: 'lost of the bytes that a connection sent' },
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
    ((socket.tcpInfo?.retransmitted ?? 0) > 0 || unanswered(socket.timer) > 0),
  glances: ({ state, retransmits, probes, retransmitted }) =>
    state !== 'LISTEN' &&
    state !== 'SYN_RECV' &&
    (retransmits > 0 || probes > 0 || retransmitted !== 0),
  // The kernel counts retransmissions: if there were none between the looks no connection lost anything, and the
  // silent destinations are known already.
  again: (between, { row }) =>
    grown(between, 'Tcp', 'RetransSegs') !== 0 ||
    inetOnly(between.before.sockets).some(({ timer }) => unanswered(timer) >= row),
  find(evidence, { row, segments, loss }) {
    const then = socketsByKey(evidence.before?.sockets ?? []);
    const silent = new Map<string, InetSocket[]>();
    const lossy = new Map<string, Losing[]>();
    const sockets = inetOnly(evidence.sockets);
    const theirs = settingsOf<'row' | 'count'>(evidence, 'stuck-closing');
    const vanished = theirs === null ? [] : vanishedPeers(sockets, theirs.row, theirs.count);
    const closing = new Set(vanished.flatMap((one) => one.sockets));
    for (const socket of sockets) {
      const address = unmapped(socket.remote.address);
      if (unanswered(socket.timer) >= row) {
        if (!closing.has(socket)) addTo(silent, address, socket);
        continue;
      }
      const ever = lossOf(sentBy(socket));
      const now = lossOf(sentSince(socket, then.get(socketKey(socket))));
      const isMuch = (one: Loss) => one.segments >= segments && one.percent >= loss;
      if (now.segments > 0 && now.percent >= loss && (isMuch(now) || isMuch(ever))) {
        addTo(lossy, address, { socket, ever, now });
      }
    }
    const own = ownRate(
      counterValue(evidence, 'Tcp', 'RetransSegs'),
      counterValue(evidence, 'Tcp', 'OutSegs'),
    );
    return [
      ...mostFirst(silent).map(([address, sockets]) => unanswering(address, sockets)),
      ...losses(mostFirst(lossy), own, evidence.seconds),
    ];
  },
});

/** Destinations with what was found at each. */
type Destinations<One> = readonly (readonly [string, readonly One[]])[];

/** What a connection has sent. */
interface Sent {
  readonly bytes: bigint;
  /** Of these bytes, those sent again. */
  readonly bytesAgain: bigint;
  /** Segments sent again. */
  readonly again: number;
  /** Segments that the peer reports to have received twice: they were not lost. */
  readonly duplicates: number;
}

/** Since it was opened; nothing if the kernel does not count bytes. */
function sentBy({ tcpInfo }: InetSocket): Sent {
  return {
    bytes: tcpInfo?.bytesSent ?? 0n,
    bytesAgain: tcpInfo?.bytesRetransmitted ?? 0n,
    again: tcpInfo?.retransmitted ?? 0,
    duplicates: tcpInfo?.duplicates ?? 0,
  };
}

/** Since the look before. One that was not watched then had sent nothing again. */
function sentSince(socket: InetSocket, then: Socket | undefined): Sent {
  const now = sentBy(socket);
  if (then === undefined || then.protocol === 'unix') return now;
  const before = sentBy(then);
  return {
    bytes: now.bytes - before.bytes,
    bytesAgain: now.bytesAgain - before.bytesAgain,
    again: now.again - before.again,
    duplicates: now.duplicates - before.duplicates,
  };
}

/** What was lost of something sent. */
interface Loss {
  readonly segments: number;
  /** Of the bytes. */
  readonly percent: number;
}

function lossOf({ bytes, bytesAgain, again, duplicates }: Sent): Loss {
  const segments = Math.max(0, again - duplicates);
  if (bytes <= 0n) return { segments, percent: 0 };
  const percent = Number((bytesAgain * 10_000n) / bytes) / 100;
  return { segments, percent: (percent * segments) / (again || 1) };
}

/** A connection that loses what it sends: since it was opened, and between the two looks. */
interface Losing {
  readonly socket: InetSocket;
  readonly ever: Loss;
  readonly now: Loss;
}

function ownRate(again: number | null, sent: number | null): number | null {
  return again === null || sent === null || sent === 0
    ? null
    : Math.round((again * 1000) / sent) / 10;
}

function unanswering(address: string, sockets: readonly InetSocket[]): Draft {
  const opening = sockets.filter(({ state }) => state === 'SYN_SENT').length;
  const repeating = sockets.filter(isRepeating);
  const probing = sockets.filter((socket) => !isRepeating(socket));
  // What opens a connection and what probes one are small packets.
  const mayBeLarge = repeating.length > opening;
  const most = (some: readonly InetSocket[]) => largest(some.map(({ timer }) => unanswered(timer)));
  const target = asTarget(address);
  const opened =
    opening === 0 ? '' : `; ${opening} of them ${opening === 1 ? 'is' : 'are'} still being opened`;
  const large = mayBeLarge
    ? `; large packets: \`ping -M do -s ${fullPacket(address)} ${target}\``
    : '';
  const isHere = sockets.every(isWithinMachine);
  const syn =
    opening === 0
      ? ''
      : " If a SYN gets no answer, a filter drops it, or the server's accept queue is full, as `--diagnose accept-queue` there shows.";
  return {
    severity: 'warning',
    certainty: 'likely',
    title: `${address} does not answer ${counted(sockets.length, 'connection')}`,
    observations: [
      ...(repeating.length === 0
        ? []
        : [
            `${counted(repeating.length, 'connection')} ${repeating.length === 1 ? 'retransmits' : 'retransmit'} the same segment, up to ${counted(most(repeating), 'time')} so far${opened}.`,
          ]),
      ...(probing.length === 0
        ? []
        : [
            `${counted(probing.length, 'connection')} ${probing.length === 1 ? 'gets' : 'get'} no answer to keep-alives or zero-window probes, up to ${most(probing)} in a row so far.`,
          ]),
    ],
    seen: { count: sockets.length, opening, repetitions: most(sockets), probing: probing.length },
    sockets: [...sockets].sort((a, b) => unanswered(b.timer) - unanswered(a.timer)),
    why: isHere
      ? `Nothing comes back, and between programs of one machine nothing is lost on the way: the server's accept queue is full, or a firewall rule silently drops packets. ${givenUp(sockets)}`
      : `Nothing comes back: the other end disappeared, a firewall silently drops packets, ${opening === 0 ? '' : "the server's accept queue is full, "}${mayBeLarge ? 'only small packets get through (an MTU on the path that is smaller than the sender knows), ' : ''}or the path is broken. ${givenUp(sockets)}`,
    remedy: isHere
      ? remedyHere(sockets)
      : `See whether it answers anything (\`ping ${target}\`, \`tracepath ${target}\`${large}) and whether the service is up there. If only old connections hang, a device on the path has forgotten them (NAT, a firewall with a time-out): make the program send keep-alives (SO_KEEPALIVE) or set TCP_USER_TIMEOUT.${syn}`,
    command: ['-tanpo', '--tcp-info', 'dst', address],
  };
}

/** What to do where a server on this machine does not answer. */
function remedyHere(sockets: readonly InetSocket[]): string {
  const ports = [...new Set(sockets.map(({ remote }) => remote.port))];
  const [port] = ports;
  const which = ports.length === 1 ? ` sport = :${port}` : '';
  return `Look at the server's accept queue (\`tsnetstat -ltnp --socket-info${which}\`): if it is full, the server does not accept connections; if it has room, a firewall rule of this machine drops the packets.`;
}

/** Whether it sends a segment again, not a probe. */
function isRepeating({ timer }: InetSocket): boolean {
  return timer?.kind === 'on';
}

/** An address to type after `ping`: a link-local one needs the interface, which rows of Linux do not have. */
function asTarget(address: string): string {
  return inet6Scope(address) === 'link' ? `${address}%INTERFACE` : address;
}

/** The bytes that `ping` sends in a packet of 1500 bytes, the MTU of Ethernet. */
function fullPacket(address: string): number {
  return 1500 - (address.includes(':') ? 48 : 28);
}

/**
 * When the kernel gives up, by default (net.ipv4.tcp_syn_retries, tcp_orphan_retries, tcp_retries2,
 * tcp_keepalive_probes).
 */
function givenUp(sockets: readonly InetSocket[]): string {
  const probed = sockets.filter(({ timer }) => timer?.kind === 'keepalive');
  const opening = sockets.filter(({ state }) => state === 'SYN_SENT');
  const closed = sockets.filter(isClosingOrphan);
  const others = sockets.length - probed.length - opening.length - closed.length;
  const ends = [
    { count: others, the: 'the connection', one: 'a connection', after: 'a quarter of an hour' },
    {
      count: opening.length,
      the: 'the attempt',
      one: 'an attempt to connect',
      after: 'about two minutes',
    },
    {
      count: closed.length,
      the: 'the closed connection',
      one: 'a closed connection',
      after: 'about two minutes',
    },
  ].filter(({ count }) => count > 0);
  const [first, ...rest] = ends;
  const growing =
    first === undefined
      ? []
      : [
          `The delays grow; ${rest.length === 0 ? first.the : first.one} is given up after ${first.after}${rest.map(({ one, after }) => `, ${one} after ${after}`).join('')}.`,
        ];
  const even =
    'A connection whose keep-alives get no answer is given up after net.ipv4.tcp_keepalive_probes of them, or as many as the program has set.';
  return [...growing, ...(probed.length === 0 ? [] : [even])].join(' ');
}

/** From this many destinations on, a finding names what they share. */
const together = 3;

function losses(
  destinations: Destinations<Losing>,
  own: number | null,
  seconds: number,
): readonly Draft[] {
  if (destinations.length < together) {
    return destinations.map(([address, all]) =>
      losing(`the path to ${address}`, all, 1, own, seconds),
    );
  }
  const all = destinations.flatMap(([, some]) => some);
  const count = destinations.length;
  return [losing(`the paths to ${count} destinations`, all, count, own, seconds)];
}

function losing(
  path: string,
  all: readonly Losing[],
  destinations: number,
  own: number | null,
  seconds: number,
): Draft {
  const sockets = [...all]
    .sort((a, b) => b.now.percent - a.now.percent)
    .map(({ socket }) => socket);
  const now = inAll(all.map((one) => one.now));
  const ever = inAll(all.map((one) => one.ever));
  const verb = destinations === 1 ? 'loses' : 'lose';
  const address = sockets[0] === undefined ? '' : unmapped(sockets[0].remote.address);
  const isOne = all.length === 1;
  const upTo = (percent: number) => `${isOne ? '' : 'up to '}${percent.toFixed(1)} %`;
  return {
    severity: 'warning',
    certainty: 'likely',
    title: `${path} ${verb} what is sent: ${counted(all.length, 'connection')}`,
    observations: [
      `${counted(all.length, 'connection')} lost ${counted(now.segments, 'segment')} within ${seconds.toFixed(1)} s, ${upTo(now.percent)} of the bytes that ${isOne ? 'it' : 'one of them'} sent; since ${isOne ? 'it was' : 'they were'} opened, ${counted(ever.segments, 'segment')}, ${upTo(ever.percent)}.`,
      ...(own === null
        ? []
        : [`This network has retransmitted ${own} % of all its segments since it came up.`]),
    ],
    seen: {
      ...{ count: all.length, lost: ever.segments, percent: ever.percent },
      ...{ lostNow: now.segments, percentNow: now.percent, own, destinations },
    },
    sockets,
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

/** The segments lost in all, and the highest share of bytes, to a tenth of a percent. */
function inAll(losses: readonly Loss[]): Loss {
  const percent = Math.round(largest(losses.map((one) => one.percent)) * 10) / 10;
  return { segments: sum(losses.map(({ segments }) => segments)), percent };
}
