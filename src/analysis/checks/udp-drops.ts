import type { InetSocket, Socket } from '../../model/socket.ts';
import { check, type Draft } from './check.ts';
import { counting, endText, percent, socketKey, socketsByKey } from './words.ts';

/** UDP sockets whose program reads more slowly than packets arrive. */
export const udpDrops = check({
  name: 'udp-drops',
  summary: 'UDP sockets that drop packets',
  details:
    'A UDP socket that dropped at least `count` packets between the two readings, because its receive buffer was full: a warning, or critical from `many` on. One that dropped `total` since it was opened, but none now, is a note.',
  about: 'sockets',
  thresholds: {
    count: { value: 5, meaning: 'packets between the two readings' },
    many: { value: 1000, meaning: 'packets between the two readings, for critical' },
    total: { value: 10_000, meaning: 'packets since the socket was opened' },
  },
  needs: { protocols: ['udp', 'udplite'], socketInfo: true, twoReadings: true },
  watches: ({ drops }) => (drops ?? 0) > 0,
  find({ sockets, before, seconds }, { count, many, total }) {
    const then = socketsByKey(before?.sockets ?? []);
    const drafts: Draft[] = [];
    for (const socket of sockets) {
      if (socket.protocol === 'unix') continue;
      const drops = socket.drops ?? 0;
      const fresh = Math.max(0, drops - dropsOf(then.get(socketKey(socket))));
      if (fresh >= count) drafts.push(losing(socket, fresh, seconds, fresh >= many));
      else if (drops >= total) drafts.push(lost(socket, drops));
    }
    return drafts.sort((a, b) => (b.seen.dropped ?? 0) - (a.seen.dropped ?? 0));
  },
});

/** A socket that had dropped nothing was not watched in the look before. */
function dropsOf(socket: Socket | undefined): number {
  return socket?.drops ?? 0;
}

const why =
  'Packets that do not fit into the receive buffer are lost and not retransmitted: a resolver loses queries, a log server lines, a call its sound.';

function draftPart(socket: InetSocket): Pick<Draft, 'sockets' | 'why' | 'remedy' | 'command'> {
  return {
    sockets: [socket],
    why,
    remedy:
      'Check whether the program keeps up (its CPU, a lock, one thread for all packets); if not, it should use recvmmsg(2) or several sockets (SO_REUSEPORT). For bursts, give it a larger buffer: SO_RCVBUF in its settings, and `sysctl -w net.core.rmem_max=…`, which limits that; net.core.rmem_default if it sets none.',
    command: ['-unp', '-a', '--socket-info', 'sport', '=', `:${socket.local.port}`],
  };
}

function bufferOf({ memory, recvQueue }: InetSocket): readonly string[] {
  if (!memory) return recvQueue ? [`${counting(recvQueue, 'byte')} not read yet.`] : [];
  const { receive, receiveLimit } = memory;
  return [
    `Its receive buffer holds ${counting(receive, 'byte')} of ${receiveLimit.toLocaleString('en')} (${percent(receive, receiveLimit)} %).`,
  ];
}

function seenOf({ memory, drops }: InetSocket, dropped: number): Draft['seen'] {
  const { receive = null, receiveLimit = null } = memory ?? {};
  return { dropped, droppedInAll: drops ?? null, buffered: receive, buffer: receiveLimit };
}

function losing(socket: InetSocket, fresh: number, seconds: number, isMuch: boolean): Draft {
  return {
    severity: isMuch ? 'critical' : 'warning',
    certainty: 'sure',
    title: `${endText(socket.local)}: a UDP socket drops packets`,
    observations: [
      `It dropped ${counting(fresh, 'packet')} within ${seconds.toFixed(1)} s, ${(socket.drops ?? 0).toLocaleString('en')} since it was opened.`,
      ...bufferOf(socket),
    ],
    seen: seenOf(socket, fresh),
    ...draftPart(socket),
  };
}

function lost(socket: InetSocket, drops: number): Draft {
  return {
    severity: 'note',
    certainty: 'sure',
    title: `${endText(socket.local)}: a UDP socket dropped packets`,
    observations: [
      `It dropped ${counting(drops, 'packet')} since it was opened, almost none within the last second.`,
      ...bufferOf(socket),
    ],
    seen: seenOf(socket, 0),
    ...draftPart(socket),
  };
}
