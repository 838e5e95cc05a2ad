import { endText } from '../../model/address/text.ts';
import { protocolFlag } from '../../model/protocol.ts';
import type { InetSocket, Socket } from '../../model/socket/socket.ts';
import { counted, countText } from '../../text/counted.ts';
import { check, type Draft } from './check.ts';
import { counterValue, grown } from './counters.ts';
import { percent, sum } from './numbers.ts';
import { atOnePlace, byServer } from './one-server.ts';
import { socketKey } from './socket-sets.ts';

/** UDP sockets whose program reads more slowly than packets arrive. */
export const udpDrops = check({
  name: 'udp-drops',
  summary: 'UDP sockets that drop packets',
  text: {
    meaning:
      'UDP packets that find the receive buffer full are lost for good: a resolver loses queries, a log server lines.',
    found: [
      ['critical', 'The same as a warning, with `many` packets or more.'],
      [
        'warning',
        'A server has dropped at least `count` packets between the two readings, because a receive buffer was full.',
      ],
      [
        'note',
        'It has dropped `total` packets for that reason since its sockets were opened, but fewer than `count` now.',
      ],
      [
        'note',
        'It discards at least `count` packets, but not for lack of room: the kernel counted fewer than half as many that found a receive buffer full (`RcvbufErrors`, `MemErrors`), and the buffer is not half full. A filter of the program or its unit may do that.',
      ],
    ],
    remedy:
      'See whether the program keeps up with what arrives (its CPU, a lock, one thread for all). For bursts give it a larger buffer (SO_RCVBUF, net.core.rmem_max). Against a filter neither helps.',
    counts: 'servers',
  },
  about: 'sockets',
  thresholds: {
    count: { value: 5, meaning: 'packets between the two readings' },
    many: { value: 1000, meaning: 'packets between the two readings, for critical' },
    total: { value: 10_000, meaning: 'packets since the socket was opened' },
  },
  needs: {
    protocols: ['udp', 'udplite'],
    socketInfo: true,
    counters: 'useful',
    twoReadings: true,
  },
  watches: ({ drops }) => (drops ?? 0) > 0,
  ownersOf: ({ sockets }) => atOnePlace(sockets),
  find(evidence, { count, many, total }) {
    const { sockets, before, seconds } = evidence;
    const then = new Map((before?.sockets ?? []).map((socket) => [keyOf(socket), socket]));
    const freshOf = (socket: InetSocket) =>
      Math.max(0, dropsOf(socket) - dropsOf(then.get(keyOf(socket))));
    const nowOf: CounterOf = (group, name) => grown(evidence, group, name);
    const everOf: CounterOf = (group, name) => counterValue(evidence, group, name);
    const drafts: Draft[] = [];
    for (const server of byServer(sockets)) {
      const fresh = sum(server.map(freshOf));
      const drops = sum(server.map(dropsOf));
      const worst = server.toSorted((a, b) => freshOf(b) - freshOf(a) || dropsOf(b) - dropsOf(a));
      if (fresh >= count) {
        drafts.push(
          areOverflows(worst, fresh, nowOf)
            ? losing(worst, fresh, seconds, fresh >= many)
            : discarding(worst, fresh, seconds),
        );
      } else if (drops >= total && areOverflows(worst, drops, everOf)) {
        drafts.push(lost(worst, drops));
      }
    }
    return drafts.sort((a, b) => (b.seen.dropped ?? 0) - (a.seen.dropped ?? 0));
  },
});

/** Identifies a socket in both looks: one that was connected meanwhile has other ends. */
function keyOf(socket: Socket): string {
  return socket.inode === null ? socketKey(socket) : String(socket.inode);
}

/** A socket that had dropped nothing was not watched in the look before. */
function dropsOf(socket: Socket | undefined): number {
  return socket?.drops ?? 0;
}

type CounterOf = (group: string, name: string) => number | null;

/**
 * Whether packets were dropped for lack of room: what the kernel counts so at all sockets is at least half of them,
 * since both are not read at the same time. True if it is not known.
 */
function areOverflows(
  sockets: readonly InetSocket[],
  packets: number,
  counterOf: CounterOf,
): boolean {
  const { receive = 0, receiveLimit = 0 } = memoryOf(sockets) ?? {};
  if (receiveLimit > 0 && receive * 2 >= receiveLimit) return true;
  const groups = sockets[0]?.protocol === 'udplite' ? ['UdpLite', 'UdpLite6'] : ['Udp', 'Udp6'];
  const counts = groups.flatMap((group) => [
    counterOf(group, 'RcvbufErrors'),
    counterOf(group, 'MemErrors'),
  ]);
  const known = counts.filter((one) => one !== null);
  return known.length === 0 || sum(known) * 2 >= packets;
}

const why =
  'Packets that do not fit into the receive buffer are lost and not retransmitted: a resolver loses queries, a log server lines, a call its sound.';

function draftPart(
  sockets: readonly InetSocket[],
): Pick<Draft, 'sockets' | 'why' | 'remedy' | 'command'> {
  const [{ protocol, local }] = sockets as [InetSocket, ...InetSocket[]];
  const several = sockets.length === 1 ? 'several sockets (SO_REUSEPORT)' : 'more sockets';
  return {
    sockets,
    why,
    remedy: `Check whether the program keeps up (its CPU, a lock, one thread for all packets); if not, it should use recvmmsg(2) or ${several}. For bursts, give it a larger buffer: SO_RCVBUF in its settings, and net.core.rmem_max, which limits that (\`sysctl net.core.rmem_max\` shows it); net.core.rmem_default if it sets none.`,
    command: [
      ...[`${protocolFlag(protocol)}np`, '-a', '--socket-info'],
      ...['sport', '=', `:${local.port}`],
    ],
  };
}

/** What the receive buffers hold, and their limits; null: not known of each. */
function memoryOf(
  sockets: readonly InetSocket[],
): { readonly receive: number; readonly receiveLimit: number } | null {
  const all = sockets.flatMap(({ memory }) => memory ?? []);
  if (all.length < sockets.length) return null;
  return {
    receive: sum(all.map(({ receive }) => receive)),
    receiveLimit: sum(all.map(({ receiveLimit }) => receiveLimit)),
  };
}

function bufferOf(sockets: readonly InetSocket[]): readonly string[] {
  const memory = memoryOf(sockets);
  const unread = sum(sockets.map(({ recvQueue }) => recvQueue ?? 0));
  if (memory === null) return unread > 0 ? [`${counted(unread, 'byte')} not read yet.`] : [];
  const { receive, receiveLimit } = memory;
  return [
    `${sockets.length === 1 ? 'Its receive buffer holds' : 'Their receive buffers hold'} ${counted(receive, 'byte')} of ${countText(receiveLimit)} (${percent(receive, receiveLimit)} %).`,
  ];
}

function seenOf(sockets: readonly InetSocket[], dropped: number): Draft['seen'] {
  const { receive = null, receiveLimit = null } = memoryOf(sockets) ?? {};
  return {
    ...{ dropped, droppedInAll: sum(sockets.map(dropsOf)), sockets: sockets.length },
    ...{ buffered: receive, buffer: receiveLimit },
  };
}

/** `0.0.0.0:53: a UDP socket`, `0.0.0.0:53: 4 UDP sockets`. */
function whereText(sockets: readonly InetSocket[]): string {
  const [{ protocol, local }] = sockets as [InetSocket, ...InetSocket[]];
  const name = protocol === 'udplite' ? 'UDP-Lite' : 'UDP';
  return `${endText(local)}: ${sockets.length === 1 ? `a ${name} socket` : `${sockets.length} ${name} sockets`}`;
}

/** How the sentences about the sockets begin, and how they name them again. */
function namesFor({ length }: readonly InetSocket[]): {
  readonly they: string;
  readonly were: string;
} {
  return length === 1
    ? { they: 'It', were: 'it was' }
    : { they: `These ${length} sockets`, were: 'they were' };
}

function losing(
  sockets: readonly InetSocket[],
  fresh: number,
  seconds: number,
  isMuch: boolean,
): Draft {
  const { they, were } = namesFor(sockets);
  const all = countText(sum(sockets.map(dropsOf)));
  return {
    severity: isMuch ? 'critical' : 'warning',
    certainty: 'sure',
    title: `${whereText(sockets)} ${sockets.length === 1 ? 'drops' : 'drop'} packets`,
    observations: [
      `${they} dropped ${counted(fresh, 'packet')} within ${seconds.toFixed(1)} s, ${all} since ${were} opened.`,
      ...bufferOf(sockets),
    ],
    seen: seenOf(sockets, fresh),
    ...draftPart(sockets),
  };
}

function discarding(sockets: readonly InetSocket[], fresh: number, seconds: number): Draft {
  const { they } = namesFor(sockets);
  return {
    ...losing(sockets, fresh, seconds, false),
    severity: 'note',
    certainty: 'likely',
    title: `${whereText(sockets)} ${sockets.length === 1 ? 'discards' : 'discard'} packets, though there is room for them`,
    observations: [
      `${they} discarded ${counted(fresh, 'packet')} within ${seconds.toFixed(1)} s; the kernel counted fewer that found a receive buffer full.`,
      ...bufferOf(sockets),
    ],
    why: 'A filter rejects them before they reach the receive buffer: one of the program itself (SO_ATTACH_FILTER, SO_ATTACH_BPF), which may be meant so, or one of its unit or container (`IPAddressDeny=` of systemd, a BPF program of its cgroup). Or their checksums are wrong.',
    remedy:
      'If packets are missing, look at the filters (`ss -uanp --bpf`, `bpftool cgroup tree`, `systemctl show -p IPAddressDeny UNIT`) and whether `InCsumErrors` of `tsnetstat -su` grows. A larger buffer does not help.',
  };
}

function lost(sockets: readonly InetSocket[], drops: number): Draft {
  const { they, were } = namesFor(sockets);
  return {
    severity: 'note',
    certainty: 'sure',
    title: `${whereText(sockets)} dropped packets`,
    observations: [
      `${they} dropped ${counted(drops, 'packet')} since ${were} opened, almost none within the last second.`,
      ...bufferOf(sockets),
    ],
    seen: seenOf(sockets, 0),
    ...draftPart(sockets),
  };
}
