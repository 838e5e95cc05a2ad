import { endText } from '../../model/address-text.ts';
import { type InetSocket, protocolLetters, type Socket } from '../../model/socket.ts';
import { counted, countText } from '../../text/counted.ts';
import { check, type Draft } from './check.ts';
import { atOnePlace, byServer } from './one-server.ts';
import { percent, socketKey, sum } from './words.ts';

/** UDP sockets whose program reads more slowly than packets arrive. */
export const udpDrops = check({
  name: 'udp-drops',
  summary: 'UDP sockets that drop packets',
  details:
    'A UDP socket that dropped at least `count` packets between the two readings, because its receive buffer was full: a warning, or critical from `many` on. One that dropped `total` since it was opened, but none now, is a note. The sockets of one program, user and unit at one address and port (SO_REUSEPORT, connected sockets) are one server: their packets are added up, and they are one finding.',
  about: 'sockets',
  thresholds: {
    count: { value: 5, meaning: 'packets between the two readings' },
    many: { value: 1000, meaning: 'packets between the two readings, for critical' },
    total: { value: 10_000, meaning: 'packets since the socket was opened' },
  },
  needs: { protocols: ['udp', 'udplite'], socketInfo: true, twoReadings: true },
  watches: ({ drops }) => (drops ?? 0) > 0,
  ownersOf: ({ sockets }) => atOnePlace(sockets),
  find({ sockets, before, seconds }, { count, many, total }) {
    const then = new Map((before?.sockets ?? []).map((socket) => [keyOf(socket), socket]));
    const freshOf = (socket: InetSocket) =>
      Math.max(0, dropsOf(socket) - dropsOf(then.get(keyOf(socket))));
    const drafts: Draft[] = [];
    for (const server of byServer(sockets)) {
      const fresh = sum(server.map(freshOf));
      const drops = sum(server.map(dropsOf));
      const worst = server.toSorted((a, b) => freshOf(b) - freshOf(a) || dropsOf(b) - dropsOf(a));
      if (fresh >= count) drafts.push(losing(worst, fresh, seconds, fresh >= many));
      else if (drops >= total) drafts.push(lost(worst, drops));
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
    remedy: `Check whether the program keeps up (its CPU, a lock, one thread for all packets); if not, it should use recvmmsg(2) or ${several}. For bursts, give it a larger buffer: SO_RCVBUF in its settings, and \`sysctl -w net.core.rmem_max=…\`, which limits that; net.core.rmem_default if it sets none.`,
    command: [
      ...[`-${protocolLetters[protocol]}np`, '-a', '--socket-info'],
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
