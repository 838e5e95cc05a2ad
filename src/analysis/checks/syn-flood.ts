import { groupedBy } from '../../model/add-to.ts';
import { endText, isAnyAddress, unmapped } from '../../model/address/text.ts';
import type { SystemFacts } from '../../model/machine/system-facts.ts';
import type { InetSocket, Socket } from '../../model/socket/socket.ts';
import { counted } from '../../text/counted.ts';
import { queueLength } from '../queue-fill.ts';
import { check, type Draft, type Evidence, type Look } from './check.ts';
import { counterValue, grown } from './counters.ts';
import { largest } from './numbers.ts';
import { inetOnly, mostFirst } from './socket-sets.ts';
import { unanswered } from './unanswered.ts';

const why =
  'A half-open connection waits for the last packet of its handshake. Many that never get it indicate a SYN flood with forged senders, or replies that do not reach the clients. Once the queue is full, the kernel answers with SYN cookies, or drops new connections.';

/** Half-open connections that are never completed, and the kernel's defence. */
export const synFlood = check({
  name: 'syn-flood',
  summary: 'unfinished half-open connections, SYN cookies, full SYN queues',
  text: {
    meaning:
      'Many clients begin connections and do not finish them (a flood, mostly from forged addresses), or the replies to one client get lost. A full SYN queue keeps out real clients.',
    found: [
      [
        'critical',
        'The kernel dropped new connections at a full SYN queue between the two readings (`TCPReqQFullDrop`). If sockets are filtered, it is critical only along with too many half-open connections of a server.',
      ],
      [
        'critical',
        'With net.ipv4.tcp_syncookies=0: at least three quarters of net.ipv4.tcp_max_syn_backlog were half-open at one server, whatever `count` is, and the kernel therefore dropped new connections of unknown senders (`ListenDrops` beyond `ListenOverflows`).',
      ],
      [
        'warning',
        'At least `count` half-open connections (SYN_RECV) of one server were still unfinished a second later. `few` are enough while `cookies` SYN cookies were sent: a short queue is full with few.',
      ],
      [
        'warning',
        'At least `client` half-open connections of one client are unfinished, each answered three times or more: the replies do not reach it. If sockets are filtered, so many of one server are enough, whoever they are from.',
      ],
      [
        'warning',
        'The kernel sent at least `cookies` SYN cookies between the two readings (`SyncookiesSent`), even if no half-open connection is seen: for a cookie it keeps none.',
      ],
      [
        'note',
        'If sockets are filtered: fewer than `client` half-open connections of one server are unfinished, each answered three times or more.',
      ],
    ],
    silent:
      'Distant clients, which finish within a second. Clients from whom the server waits for data (TCP_DEFER_ACCEPT); without netlink they may look unfinished, and the finding is then only worth a look. Handshakes answered again while connections wait in the accept queue of their server, if queues have overflowed (`ListenOverflows`): the kernel then ignores what clients confirm. Cookies with net.ipv4.tcp_syncookies=2, which are always sent. Counters alone, if sockets are filtered: they may concern other servers.',
    remedy:
      'See whether the senders are real (`tsnetstat -tn state syn-recv`). Against forged ones SYN cookies and a filter in front of the machine help; for real ones check the way back (routes, firewall).',
  },
  about: 'sockets',
  thresholds: {
    count: { value: 100, meaning: 'unfinished half-open connections of one server' },
    few: { value: 5, meaning: 'the same, while SYN cookies are sent' },
    client: { value: 3, meaning: 'unfinished handshakes of one client, each answered in vain' },
    cookies: { value: 20, meaning: 'SYN cookies between the two readings' },
  },
  needs: {
    protocols: ['tcp'],
    counters: 'useful',
    twoReadings: true,
    usefulFacts: ['synCookies', 'synBacklogLimit'],
  },
  watches: (socket) => isHalfOpen(socket) || isKeepingWaiting(socket),
  glances: ({ state, recvQueue }) => state === 'SYN_RECV' || (state === 'LISTEN' && recvQueue > 0),
  again: (between, { count, few, cookies }) => {
    const { system } = between.before;
    const sockets = halfOpenOf(between.before);
    const enough = cookiesSent(between) < cookies ? count : few;
    return (
      sockets.length >= Math.min(enough, refusingFrom(system)) || sockets.some(isAnsweredInVain)
    );
  },
  find(evidence, { count, few, client, cookies }) {
    const { before, seconds, system, platform } = evidence;
    const [now, earlier] = [halfOpenOf(evidence), halfOpenOf(before)];
    const sent = cookiesSent(evidence);
    const isRefusing = [now, earlier].some((sockets) =>
      [...byServer(sockets).values()].some(({ length }) => length >= refusingFrom(system)),
    );
    const refused =
      (grown(evidence, 'TcpExt', 'ListenDrops') ?? 0) -
      (grown(evidence, 'TcpExt', 'ListenOverflows') ?? 0);
    const dropped = Math.max(
      grown(evidence, 'TcpExt', 'TCPReqQFullDrop') ?? 0,
      isRefusing ? refused : 0,
    );
    const then = new Set(earlier.map(handshake));
    const lasting = now.filter((socket) => then.has(handshake(socket)));
    const mayDefer = (counterValue(evidence, 'TcpExt', 'TCPDeferAcceptDrop') ?? 0) > 0;
    const signs: Signs = {
      ...{ cookies: sent, dropped, seconds, always: system.values.synCookies ?? null },
      ...{ mayDefer, platform },
      areCounted: grown(evidence, 'TcpExt', 'SyncookiesSent') !== null,
      isRepeating: grown(evidence, 'TcpExt', 'TCPSynRetrans') !== 0 || lasting.some(isNotRepeated),
    };
    const unfinished = mayDefer ? lasting.filter((one) => !isNotRepeated(one)) : lasting;
    const least = Math.min(
      count,
      isRefusing && dropped > 0 ? refusingFrom(system) / 2 : count,
      sent >= cookies ? few : count,
    );
    const servers = mostFirst(byServer(unfinished));
    const flooded = servers.filter(([, { length }]) => length >= least);
    const rest = servers.filter(([, { length }]) => length < least).flatMap(([, some]) => some);
    const drafts = [
      ...flooded.map(([server, sockets]) => halfOpen(server, sockets, signs)),
      ...inVain(rest.filter(mayBeUnreached(evidence)), signs, client, evidence.isFiltered),
    ];
    const isQuiet = sent < cookies && dropped === 0;
    if (flooded.length > 0 || isQuiet || evidence.isFiltered) return drafts;
    return [unseen(signs), ...drafts];
  },
});

/**
 * What is found of handshakes that were answered again and again, by client. Those of clients with fewer than `least`
 * matter only if a server was asked about.
 */
function inVain(
  sockets: readonly InetSocket[],
  signs: Signs,
  least: number,
  isFiltered: boolean,
): readonly Draft[] {
  const clients = mostFirst(byClient(sockets.filter(isAnsweredInVain)));
  const often = clients.filter(([, { length }]) => length >= least);
  const rest = isFiltered ? clients.slice(often.length).flatMap(([, some]) => some) : [];
  return [
    ...often.map(([client, some]) => unreached(client, some, signs)),
    // A scanner or a client that has vanished leaves one or two, and public servers always have some of these.
    ...mostFirst(byServer(rest)).map(([server, some]): Draft => {
      const draft = halfOpen(server, some, signs);
      return some.length < least
        ? { ...draft, severity: 'note', certainty: 'worth a look' }
        : draft;
    }),
  ];
}

/**
 * Whether a handshake may be unfinished because of its client. While the accept queue of its server is full, the kernel
 * ignores what clients confirm, and answers them again. Limits of queues are not read here: a queue counts in which
 * connections waited in both looks, where queues have overflowed.
 */
function mayBeUnreached(evidence: Evidence): (handshake: InetSocket) => boolean {
  if (counterValue(evidence, 'TcpExt', 'ListenOverflows') === 0) return () => true;
  const then = new Set(waitedFor(evidence.before).map(({ inode }) => inode));
  const slow = waitedFor(evidence).filter(({ inode }) => then.has(inode));
  return ({ local }) =>
    !slow.some(
      (server) =>
        server.local.port === local.port &&
        (isAnyAddress(server.local.address) ||
          unmapped(server.local.address) === unmapped(local.address)),
    );
}

function isHalfOpen({ state }: Socket): boolean {
  return state === 'SYN_RECV';
}

/** Whether connections wait until a server accepts them. */
function isKeepingWaiting(socket: Socket): boolean {
  return socket.state === 'LISTEN' && queueLength(socket) > 0;
}

function halfOpenOf(look: Look | null): readonly InetSocket[] {
  return inetOnly(look?.sockets ?? []).filter(isHalfOpen);
}

function waitedFor(look: Look | null): readonly InetSocket[] {
  return inetOnly(look?.sockets ?? []).filter(isKeepingWaiting);
}

/** The cookies sent between two looks, unless they are always sent. */
function cookiesSent(between: Pick<Evidence, 'counters' | 'before'>): number {
  return between.before?.system.values.synCookies === 2
    ? 0
    : (grown(between, 'TcpExt', 'SyncookiesSent') ?? 0);
}

/**
 * From how many half-open connections on the kernel refuses those of unknown senders, unless it can send cookies
 * (tcp_conn_request).
 */
function refusingFrom({ values }: SystemFacts): number {
  const { synCookies, synBacklogLimit: limit } = values;
  return synCookies === 0 && limit ? (limit * 3) / 4 : Number.POSITIVE_INFINITY;
}

function byServer(sockets: readonly InetSocket[]): ReadonlyMap<string, readonly InetSocket[]> {
  return groupedBy(sockets, ({ local }) => endText({ ...local, address: unmapped(local.address) }));
}

function byClient(sockets: readonly InetSocket[]): ReadonlyMap<string, readonly InetSocket[]> {
  return groupedBy(sockets, ({ remote }) => unmapped(remote.address));
}

/** After so many answers, the first one and two repetitions 3 seconds later, it is not only the client that is slow. */
const enoughAnswers = 3;

/** Whether the handshake was answered several times. */
function isAnsweredInVain({ timer }: InetSocket): boolean {
  return unanswered(timer) >= enoughAnswers;
}

/**
 * Whether its timer has expired without a repetition, as it does for a client that has answered. Netlink has the
 * repetitions, /proc/net/tcp how often the timer expired.
 */
function isNotRepeated({ timer }: InetSocket): boolean {
  return timer?.kind === 'on' && timer.retransmits === 0;
}

/** A handshake has no inode yet. */
function handshake({ local, remote }: InetSocket): string {
  return `${endText(local)} ${endText(remote)}`;
}

interface Signs {
  readonly cookies: number;
  readonly dropped: number;
  /** Whether cookies and dropped connections are counted here; else both are 0. */
  readonly areCounted: boolean;
  readonly seconds: number;
  readonly always: number | null;
  readonly platform: Evidence['platform'];
  /** Whether a server here has waited for data before it accepted (TCP_DEFER_ACCEPT). */
  readonly mayDefer: boolean;
  /** Whether packets of handshakes were sent again, or rows tell those that were from those that were not. */
  readonly isRepeating: boolean;
}

const turnOn =
  'SYN cookies are off here: turn them on with `sysctl -w net.ipv4.tcp_syncookies=1`. ';
const aboutSenders =
  'Check whether the senders are real (`tsnetstat -tn state syn-recv`): many addresses with one handshake each are forged, and only a filter in front of this machine helps. A few recurring addresses can be blocked by the firewall. If they are known clients, the replies do not reach them: check the return path (routes, firewall, a load balancer that answers for others).';
/** What to do about bursts of real clients. */
const longerQueue: Readonly<Record<Evidence['platform'], string>> = {
  linux: 'raise net.ipv4.tcp_max_syn_backlog and the backlog of the server',
  darwin: 'raise the backlog of the server, and kern.ipc.somaxconn, which limits it',
  win32: 'raise the backlog of the server',
};

const deferText =
  ' Clients that connect and send nothing look the same if the server waits for data before it accepts them (TCP_DEFER_ACCEPT), which one here does.';

function remedyText({ always, platform }: Signs): string {
  const cookies = always === 0 ? turnOn : '';
  return `${cookies}${aboutSenders} For bursts of real clients ${longerQueue[platform]}.`;
}

function counts({ cookies, dropped, seconds }: Signs): readonly string[] {
  const within = `within ${seconds.toFixed(1)} s`;
  return [
    ...(cookies > 0 ? [`The kernel sent ${counted(cookies, 'SYN cookie')} ${within}.`] : []),
    ...(dropped > 0
      ? [`The kernel dropped ${counted(dropped, 'new connection')} at a full SYN queue ${within}.`]
      : []),
  ];
}

function countedIn({ areCounted, cookies, dropped }: Signs): Draft['seen'] {
  return areCounted ? { cookies, dropped } : { cookies: null, dropped: null };
}

function halfOpen(server: string, sockets: readonly InetSocket[], signs: Signs): Draft {
  const senders = new Set(sockets.map(({ remote }) => remote.address));
  const port = sockets[0]?.local.port ?? 0;
  return {
    severity: signs.dropped > 0 ? 'critical' : 'warning',
    certainty: certaintyOf(signs),
    title: `${server}: ${counted(sockets.length, 'handshake')} left unfinished`,
    observations: [
      `${counted(sockets.length, 'connection')} of ${counted(senders.size, 'address', 'addresses')} ${sockets.length === 1 ? 'has' : 'have'} been half-open for longer than ${signs.seconds.toFixed(1)} s.`,
      ...counts(signs),
    ],
    seen: {
      halfOpen: sockets.length,
      senders: senders.size,
      ...countedIn(signs),
    },
    sockets,
    why,
    remedy: remedyText(signs) + (signs.mayDefer ? deferText : ''),
    command: ['-tn', 'state', 'syn-recv', 'sport', '=', `:${port}`],
  };
}

/** Clients from whom a server waits for data look the same, unless something is sent again. */
function certaintyOf({ mayDefer, isRepeating, dropped, cookies }: Signs): Draft['certainty'] {
  return mayDefer && !isRepeating && dropped === 0 && cookies === 0 ? 'worth a look' : 'likely';
}

/** A client that does not finish its handshakes, though they were answered again and again. */
function unreached(client: string, sockets: readonly InetSocket[], signs: Signs): Draft {
  const answers = largest(sockets.map(({ timer }) => unanswered(timer)));
  const isOne = sockets.length === 1;
  const certainty = certaintyOf(signs);
  const isLikely = certainty === 'likely';
  return {
    severity: 'warning',
    certainty,
    title: `replies ${isLikely ? 'do' : 'may'} not reach ${client}: ${counted(sockets.length, 'handshake')} left unfinished`,
    observations: [
      `${counted(sockets.length, 'connection')} from it ${isOne ? 'is' : 'are'} half-open; ${isOne ? 'its handshake' : 'each handshake'} ${isLikely ? 'was' : 'may have been'} answered again, up to ${counted(answers, 'time')}, without success.`,
    ],
    seen: { halfOpen: sockets.length, senders: 1, answers },
    sockets: [...sockets].sort((a, b) => unanswered(b.timer) - unanswered(a.timer)),
    why: 'The SYN arrives here, but the client does not confirm the reply: a firewall drops the reply or the confirmation, the route back is another one or missing, or the sender is forged.',
    remedy: `See whether the client is real, and which way replies take (\`ip route get ${client}\`). If they leave this machine (\`tcpdump -ni any host ${client}\`), a firewall on the way or at the client drops them; if packets arrive by one interface and replies leave by another, check rp_filter and stateful firewalls on both ways.${signs.mayDefer ? deferText : ''}`,
    command: ['-tno', 'state', 'syn-recv', 'dst', client],
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
    seen: { halfOpen: 0, senders: null, ...countedIn(signs) },
    sockets: [],
    why,
    remedy: remedyText(signs),
    command: ['-tn', 'state', 'syn-recv'],
  };
}
