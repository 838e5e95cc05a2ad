import { groupedBy } from '../../model/add-to.ts';
import { endText, unmapped } from '../../model/address/text.ts';
import type { SystemFacts } from '../../model/machine/system-facts.ts';
import type { InetSocket, Socket } from '../../model/socket/socket.ts';
import { counted } from '../../text/counted.ts';
import { check, type Draft } from './check.ts';
import { counterValue, grown } from './counters.ts';
import { inetOnly } from './socket-sets.ts';

const why =
  'A half-open connection waits for the last packet of its handshake. Many that never get it indicate a SYN flood with forged senders, or replies that do not reach the clients. Once the queue is full, the kernel answers with SYN cookies, or drops new connections.';

/** Half-open connections that are never completed, and the kernel's defence. */
export const synFlood = check({
  name: 'syn-flood',
  summary: 'unfinished half-open connections, SYN cookies, full SYN queues',
  details:
    'At least `count` connections of one server in SYN_RECV whose handshake is not finished a second later: a warning, or critical if new ones were dropped meanwhile (`TCPReqQFullDrop`). With net.ipv4.tcp_syncookies=0 the kernel drops those of unknown senders (`ListenDrops` beyond `ListenOverflows`) once three quarters of net.ipv4.tcp_max_syn_backlog are half-open: critical too, whatever `count` is. Or at least `cookies` SYN cookies sent between the two readings (`SyncookiesSent`), whatever the states: with cookies the kernel keeps no connection for a SYN. Distant clients cause no finding: they finish within a second. Nor do clients from whom the server waits for data (TCP_DEFER_ACCEPT): nothing is sent to them again. If sockets are not read over netlink, which shows that, and nothing was sent again between the two readings, the finding is only worth a look. With net.ipv4.tcp_syncookies=2 cookies are always sent and do not count. If sockets are filtered, counters alone cause no finding: they may concern other servers.',
  about: 'sockets',
  thresholds: {
    count: { value: 100, meaning: 'unfinished half-open connections of one server' },
    cookies: { value: 20, meaning: 'SYN cookies between the two readings' },
  },
  needs: {
    protocols: ['tcp'],
    counters: 'useful',
    twoReadings: true,
    usefulFacts: ['synCookies', 'synBacklogLimit'],
  },
  watches: ({ state }) => state === 'SYN_RECV',
  glances: ({ state }) => state === 'SYN_RECV',
  again: ({ before }, { count }) =>
    before.sockets.length >= Math.min(count, refusingFrom(before.system)),
  find(evidence, { count, cookies }) {
    const { before, seconds, system } = evidence;
    const sent =
      system.values.synCookies === 2 ? 0 : (grown(evidence, 'TcpExt', 'SyncookiesSent') ?? 0);
    const isRefusing = [evidence.sockets, before?.sockets ?? []].some((sockets) =>
      [...byServer(sockets).values()].some(({ length }) => length >= refusingFrom(system)),
    );
    const refused =
      (grown(evidence, 'TcpExt', 'ListenDrops') ?? 0) -
      (grown(evidence, 'TcpExt', 'ListenOverflows') ?? 0);
    const dropped = Math.max(
      grown(evidence, 'TcpExt', 'TCPReqQFullDrop') ?? 0,
      isRefusing ? refused : 0,
    );
    const then = new Set((before?.sockets ?? []).map(handshake));
    const lasting = evidence.sockets.filter((socket) => then.has(handshake(socket)));
    const mayDefer = (counterValue(evidence, 'TcpExt', 'TCPDeferAcceptDrop') ?? 0) > 0;
    const signs: Signs = {
      ...{ cookies: sent, dropped, seconds, always: system.values.synCookies ?? null },
      mayDefer,
      isRepeating: grown(evidence, 'TcpExt', 'TCPSynRetrans') !== 0 || lasting.some(isNotRepeated),
    };
    const unfinished = mayDefer ? lasting.filter((one) => !isNotRepeated(one)) : lasting;
    const least = isRefusing && dropped > 0 ? Math.min(count, refusingFrom(system) / 2) : count;
    const drafts = [...byServer(unfinished)]
      .filter(([, sockets]) => sockets.length >= least)
      .sort(([, a], [, b]) => b.length - a.length)
      .map(([server, sockets]) => halfOpen(server, sockets, signs));
    const isQuiet = sent < cookies && dropped === 0;
    if (drafts.length > 0 || isQuiet || evidence.isFiltered) return drafts;
    return [unseen(signs)];
  },
});

/**
 * From how many half-open connections on the kernel refuses those of unknown senders, unless it can send cookies
 * (tcp_conn_request).
 */
function refusingFrom({ values }: SystemFacts): number {
  const { synCookies, synBacklogLimit: limit } = values;
  return synCookies === 0 && limit ? (limit * 3) / 4 : Number.POSITIVE_INFINITY;
}

function byServer(sockets: readonly Socket[]): ReadonlyMap<string, readonly InetSocket[]> {
  return groupedBy(inetOnly(sockets), ({ local }) =>
    endText({ ...local, address: unmapped(local.address) }),
  );
}

/**
 * Whether its timer has expired without a repetition, as it does for a client that has answered. Netlink has the
 * repetitions, /proc/net/tcp how often the timer expired.
 */
function isNotRepeated(socket: Socket): boolean {
  return (
    socket.protocol !== 'unix' && socket.timer?.kind === 'on' && socket.timer.retransmits === 0
  );
}

/** A handshake has no inode yet. */
function handshake(socket: Socket): string {
  return socket.protocol === 'unix' ? '' : `${endText(socket.local)} ${endText(socket.remote)}`;
}

interface Signs {
  readonly cookies: number;
  readonly dropped: number;
  readonly seconds: number;
  readonly always: number | null;
  /** Whether a server here has waited for data before it accepted (TCP_DEFER_ACCEPT). */
  readonly mayDefer: boolean;
  /** Whether packets of handshakes were sent again, or rows tell those that were from those that were not. */
  readonly isRepeating: boolean;
}

const turnOn =
  'SYN cookies are off here: turn them on with `sysctl -w net.ipv4.tcp_syncookies=1`. ';
const remedyText =
  'Check whether the senders are real (`tsnetstat -tn state syn-recv`): many addresses with one handshake each are forged, and only a filter in front of this machine helps. A few recurring addresses can be blocked by the firewall. If they are known clients, the replies do not reach them: check the return path (routes, firewall, a load balancer that answers for others). For bursts of real clients raise net.ipv4.tcp_max_syn_backlog and the backlog of the server.';
const deferText =
  ' Clients that connect and send nothing look the same if the server waits for data before it accepts them (TCP_DEFER_ACCEPT), which one here does.';

function counts({ cookies, dropped, seconds }: Signs): readonly string[] {
  const within = `within ${seconds.toFixed(1)} s`;
  return [
    ...(cookies > 0 ? [`The kernel sent ${counted(cookies, 'SYN cookie')} ${within}.`] : []),
    ...(dropped > 0
      ? [`The kernel dropped ${counted(dropped, 'new connection')} at a full SYN queue ${within}.`]
      : []),
  ];
}

function halfOpen(server: string, sockets: readonly InetSocket[], signs: Signs): Draft {
  const senders = new Set(sockets.map(({ remote }) => remote.address));
  const port = sockets[0]?.local.port ?? 0;
  return {
    severity: signs.dropped > 0 ? 'critical' : 'warning',
    certainty:
      signs.mayDefer && !signs.isRepeating && signs.dropped === 0 && signs.cookies === 0
        ? 'worth a look'
        : 'likely',
    title: `${server}: ${counted(sockets.length, 'handshake')} left unfinished`,
    observations: [
      `${counted(sockets.length, 'connection')} of ${counted(senders.size, 'address', 'addresses')} ${sockets.length === 1 ? 'has' : 'have'} been half-open for longer than ${signs.seconds.toFixed(1)} s.`,
      ...counts(signs),
    ],
    seen: {
      halfOpen: sockets.length,
      senders: senders.size,
      cookies: signs.cookies,
      dropped: signs.dropped,
    },
    sockets,
    why,
    remedy: (signs.always === 0 ? turnOn : '') + remedyText + (signs.mayDefer ? deferText : ''),
    command: ['-tn', 'state', 'syn-recv', 'sport', '=', `:${port}`],
  };
}

function unseen(signs: Signs): Draft {
  return {
    severity: signs.dropped > 0 ? 'critical' : 'warning',
    certainty: 'sure',
    title:
      signs.dropped > 0
        ? 'new connections are dropped at a full SYN queue'
        : 'a SYN queue is full: the kernel answers with SYN cookies',
    observations: counts(signs),
    seen: { halfOpen: 0, senders: null, cookies: signs.cookies, dropped: signs.dropped },
    sockets: [],
    why,
    remedy: (signs.always === 0 ? turnOn : '') + remedyText,
    command: ['-tn', 'state', 'syn-recv'],
  };
}
