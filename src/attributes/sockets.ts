import { inetProtocols, isUnixAlone } from '../model/protocol.ts';
import type { Names } from '../model/report/names.ts';
import type { Listing } from '../model/request/listing.ts';
import { mayBeOfNobody } from '../model/socket/classify.ts';
import { lacks, noOwners, type Owner } from '../model/socket/owner.ts';
import {
  type InetSocket,
  type Socket,
  type Timer,
  timerKinds,
  type UnixSocket,
  unixTypes,
} from '../model/socket/socket.ts';
import { sctpStates } from '../model/socket/state.ts';
import { fixedWord } from '../text/fixed-word.ts';
import {
  type Attribute,
  type Cell,
  type CellContext,
  type Filter,
  needing,
  numeric,
  type ReportAttributes,
  type Rest,
  type SortValue,
  textual,
} from './attribute.ts';
import { creationAttributes } from './creation.ts';
import { endAttributes, isInet } from './ends.ts';
import { exposureAttributes } from './exposure.ts';
import { unixFlagLetters } from './flag-letters.ts';
import { hostAttribute } from './host.ts';
import { netnsAttribute } from './netns.ts';
import { ofEach, textOfEach, unknownOf } from './of-each.ts';
import { peerAttributes } from './peers.ts';
import { processAttributes } from './processes.ts';
import { socketInfoAttributes } from './socket-info.ts';
import { tcpInfoAttributes } from './tcp-info.ts';
import { workloadAttributes } from './workloads.ts';

/** netstat's name for the table that a socket is in: `tcp`, `tcp6`, `tcp46`, `unix`. */
function protocolName(socket: Socket): string {
  if (socket.family !== 'inet6') return socket.protocol;
  return `${socket.protocol}${socket.dualStack ? '46' : '6'}`;
}

/**
 * A number of Internet sockets, and of UNIX sockets if `pickOfUnix` is given; `expected`: what it is compared with,
 * in words.
 */
function inetNumber(
  rest: Rest<Socket>,
  expected: string,
  pick: (socket: InetSocket) => number | null,
  pickOfUnix: (socket: UnixSocket) => number | null | undefined = () => null,
): Attribute<Socket> {
  const of = (socket: Socket) => (isInet(socket) ? pick(socket) : pickOfUnix(socket)) ?? null;
  return numeric({ ...rest, filter: { kind: 'number', expected, of } }, of);
}

const ofUnix = { protocols: ['unix'] } as const satisfies Partial<Attribute<Socket>>;

/** A number of UNIX sockets. */
function unixNumber(
  rest: Rest<Socket>,
  pick: (socket: UnixSocket) => number | null,
): Attribute<Socket> {
  return inetNumber({ ...rest, ...ofUnix }, 'a whole number', () => null, pick);
}

const ofUnixQueues = needing(['unixQueues']);

const ofTimers = {
  protocols: inetProtocols,
  ...needing(['timers']),
} as const satisfies Partial<Attribute<Socket>>;

function timerNumber(rest: Rest<Socket>, pick: (timer: Timer) => number): Attribute<Socket> {
  const { header, unit } = rest;
  const timerRest = { ...rest, ...ofTimers, width: header.length };
  const expected = unit === 'ms' ? 'a time' : 'a whole number';
  return inetNumber(timerRest, expected, ({ timer }) => (timer ? pick(timer) : null));
}

/** As netstat writes it for TCP: kind (seconds left/retransmissions/probes). */
function timerText(socket: Socket): string {
  if (!isInet(socket) || socket.timer === null) return '';
  const { kind, expiresIn, retransmits, probes } = socket.timer;
  return `${kind} (${(expiresIn / 1000).toFixed(2)}/${retransmits}/${probes})`;
}

/** How expressions compare a text with a fixed set of values, which are written like states: `cookie-wait`. */
function fixedText(
  expected: string,
  values: readonly string[],
  of: (socket: Socket) => string | null,
): Filter<Socket> {
  return {
    kind: 'text',
    expected,
    words: values.map(fixedWord),
    of(socket: Socket) {
      const value = of(socket);
      return [value === null ? null : fixedWord(value)];
    },
  };
}

const associationState = (socket: Socket) =>
  (isInet(socket) ? socket.associationState : null) ?? null;
const unixType = (socket: Socket) => (isInet(socket) ? null : socket.type);
const unixPath = (socket: Socket) => (isInet(socket) ? null : socket.path);
const timerKind = (socket: Socket) => (isInet(socket) ? socket.timer?.kind : null) ?? null;

/** An attribute with one value for each owner; rows are sorted by the first owner's. */
function ofOwners(
  rest: Rest<Socket>,
  pick: (owner: Owner) => number | string | null,
): Attribute<Socket> {
  return ofEach(({ owners }) => owners, { ...needing(['owners']), ...rest }, pick);
}

/** The command line, with `…` if it was cut. */
function commandText({ commandLine, commandTruncated }: Owner): string | null {
  return commandTruncated ? `${commandLine}…` : commandLine;
}

/** What is known of the command lines that were cut. */
function cutCommands({ owners }: Socket): readonly string[] {
  const cut = owners?.filter(({ commandTruncated }) => commandTruncated === true) ?? [];
  return cut.map(({ commandLine }) => commandLine ?? '');
}

const program = ofOwners(
  {
    key: 'program',
    header: 'Program',
    meaning:
      'The name netstat shows: the first word of the command line; if it starts with `/`, without directories.',
    fields: ['owner.program'],
    long: true,
    width: 12,
    tone: 'strong',
    filter: { kind: 'program', of: 'owners' },
  },
  (owner) => owner.program,
);

/** The program, or why there is none: `(denied)` may have one, `-` has none. */
function programOrReason(socket: Socket, context: CellContext): Cell {
  const { noOwner } = socket;
  if (noOwner === null) return program.value(socket, context);
  return noOwner === 'none' ? '' : `(${noOwner})`;
}

function userOrder(socket: Socket, names: Names): SortValue {
  if (!isInet(socket) || socket.uid === null) return null;
  return names.user(socket.uid) ?? socket.uid;
}

const details = {
  long: true,
  width: 20,
  ...needing(['owners', 'ownerDetails']),
} as const;

const attributes: readonly Attribute<Socket>[] = [
  textual(
    {
      key: 'proto',
      header: 'Proto',
      meaning: "netstat's name for the socket's table: `tcp`, `tcp6`, `tcp46`, `unix`.",
      width: 5,
      sort: ({ protocol, family }) => (family === 'inet6' ? `${protocol}6` : protocol),
      filter: { kind: 'protocol' },
    },
    protocolName,
  ),
  textual(
    {
      key: 'family',
      header: 'Family',
      meaning: 'The table of the row; IPv4-mapped addresses are in `inet6`.',
      fields: ['inetSocket.family'],
      width: 6,
      tone: 'quiet',
      filter: { kind: 'family' },
    },
    ({ family }) => family,
  ),
  inetNumber(
    {
      key: 'recvq',
      fact: 'queues',
      ...ofUnixQueues,
      header: 'Recv-Q',
      meaning:
        'Bytes not yet read by the program; in LISTEN, connections not yet accepted. null: not known.',
      fields: ['inetSocket.recvQueue', 'unixSocket.recvQueue'],
      unit: 'bytes',
      width: 6,
    },
    'a number of bytes',
    (socket) => socket.recvQueue,
    (socket) => socket.recvQueue,
  ),
  inetNumber(
    {
      key: 'sendq',
      fact: 'queues',
      ...ofUnixQueues,
      header: 'Send-Q',
      meaning:
        'Bytes not yet acknowledged by the peer; in LISTEN on some kernels, the backlog. null: not known.',
      fields: ['inetSocket.sendQueue', 'unixSocket.sendQueue'],
      unit: 'bytes',
      width: 6,
    },
    'a number of bytes',
    (socket) => socket.sendQueue,
    (socket) => socket.sendQueue,
  ),
  ...endAttributes,
  textual(
    {
      key: 'state',
      header: 'State',
      meaning:
        "TCP: the states of RFC 9293 as netstat spells them. SCTP: the socket's state, in TCP's terms. UDP, UDP-Lite, raw: ESTABLISHED or UNCONN. null: not known.",
      fields: ['inetSocket.state'],
      width: 11,
      tone: 'state',
    },
    ({ state }) => state,
  ),
  textual(
    {
      key: 'assoc',
      header: 'Association',
      meaning: "SCTP: the association's own state (RFC 9260).",
      fields: ['inetSocket.associationState'],
      protocols: ['sctp'],
      width: 11,
      tone: 'state',
      filter: fixedText('a state of an association', sctpStates, associationState),
    },
    associationState,
  ),
  textual(
    {
      key: 'type',
      header: 'Type',
      meaning: 'The type of a UNIX socket: `STREAM`, `DGRAM`, `SEQPACKET`, `RAW` or `RDM`.',
      fields: ['unixSocket.type'],
      ...ofUnix,
      width: 6,
      filter: fixedText('a type', unixTypes, unixType),
    },
    unixType,
  ),
  unixNumber(
    {
      key: 'refcount',
      header: 'RefCnt',
      meaning:
        'Reference count of the socket, references by the kernel included; null if not known.',
      fields: ['unixSocket.refCount'],
      isUnavailable: ({ protocol }) => protocol === 'unix',
    },
    (socket) => socket.refCount,
  ),
  {
    ...unixNumber(
      {
        key: 'flags',
        header: 'Flags',
        meaning:
          "The kernel's socket flags, with netstat's letters: `ACC`, a server (`__SO_ACCEPTCON`, 65536), `W` (`SO_WAITDATA`, 131072), `N` (`SO_NOSPACE`, 262144).",
        fields: ['unixSocket.flags'],
        align: 'left',
      },
      (socket) => socket.flags,
    ),
    show: (socket) => (isInet(socket) ? '' : unixFlagLetters(socket.flags).join(',')),
  },
  {
    key: 'user',
    fact: 'users',
    header: 'User',
    meaning: 'The user who created the socket; null if not known.',
    fields: ['inetSocket.uid'],
    align: 'left',
    width: 8,
    needs: ['userNames'],
    value: (socket) => (isInet(socket) ? String(socket.uid ?? '') : ''),
    show: (socket, { names }) => {
      if (!isInet(socket) || socket.uid === null) return '';
      return names.user(socket.uid) ?? String(socket.uid);
    },
    sort: userOrder,
    sortNeeds: ['userNames'],
    filter: { kind: 'user' },
  },
  numeric(
    {
      key: 'inode',
      fact: 'inodes',
      header: 'Inode',
      meaning:
        "The socket's inode number; null if it has none (TIME_WAIT) or the platform has no inodes.",
      fields: ['inetSocket.inode', 'unixSocket.inode'],
      width: 7,
      tone: 'quiet',
      isUnavailable: (socket) => !mayBeOfNobody(socket),
      filter: { kind: 'number', expected: 'an inode number', of: ({ inode }) => inode },
    },
    ({ inode }) => inode,
  ),
  textual(
    {
      key: 'timer',
      fact: 'timers',
      ...ofTimers,
      header: 'Timer',
      meaning:
        'The active timer: `on` is retransmission, `keepalive` the wait before a keep-alive, `probe` the zero-window probe, `timewait` the rest of TIME_WAIT.',
      path: 'timer.kind',
      width: 18,
      long: true,
      show: timerText,
      filter: fixedText('a timer', timerKinds, timerKind),
    },
    timerKind,
  ),
  timerNumber(
    {
      key: 'expires',
      fact: 'timers',
      header: 'Expires (ms)',
      meaning: 'Time until the timer fires, in milliseconds.',
      fields: ['timer.expiresIn'],
      unit: 'ms',
    },
    (timer) => timer.expiresIn,
  ),
  timerNumber(
    {
      key: 'retransmits',
      fact: 'timers',
      header: 'Retransmits',
      meaning: 'Retransmissions of the oldest unacknowledged segment so far.',
      fields: ['timer.retransmits'],
    },
    (timer) => timer.retransmits,
  ),
  timerNumber(
    {
      key: 'probes',
      fact: 'timers',
      header: 'Probes',
      meaning:
        'Unanswered keep-alive or zero-window probes so far; negative if the kernel reports that.',
      fields: ['timer.probes'],
    },
    (timer) => timer.probes,
  ),
  ofOwners(
    {
      key: 'pid',
      header: 'PID',
      meaning: 'Process ID.',
      fields: ['owner.pid'],
      align: 'right',
      width: 7,
      filter: { kind: 'pid', of: 'owners' },
    },
    (owner) => owner.pid,
  ),
  { ...program, show: programOrReason },
  ofOwners(
    {
      key: 'fd',
      header: 'FD',
      meaning:
        'The file descriptor in that process; null if not known, or if the process holds the socket without one (io_uring).',
      fields: ['owner.fd'],
      align: 'right',
      width: 3,
      fact: 'processFacts',
      filter: {
        kind: 'numbers',
        expected: 'a descriptor',
        of: ({ owners }) => owners?.map(({ fd }) => fd) ?? [],
      },
    },
    (owner) => owner.fd,
  ),
  ofOwners(
    {
      key: 'command',
      header: 'Command',
      meaning: 'The command line, words joined by blanks; null if not known.',
      fields: ['owner.commandLine'],
      fact: 'processFacts',
      isUnavailable: unknownOf(lacks.commandLine),
      filter: { ...textOfEach('a command line', commandText), beginnings: cutCommands },
      ...details,
    },
    commandText,
  ),
  ofOwners(
    {
      key: 'executable',
      header: 'Executable',
      meaning: "The executable's path; null if it cannot be read.",
      fields: ['owner.executable'],
      fact: 'executables',
      isUnavailable: unknownOf(lacks.executable),
      filter: textOfEach('a path', ({ executable }) => executable),
      ...details,
    },
    (owner) => owner.executable,
  ),
  ...processAttributes,
  textual(
    {
      key: 'noowner',
      header: 'No Owner',
      meaning:
        'Why `owners` is empty; null if it is not, or if owners were not requested. `denied`: some processes could not be inspected or seen, so it may have one. `none`: it cannot have one: TIME_WAIT, or not accepted yet. `kernel`: the platform reports that the kernel holds it (never on Linux). `unknown`: none was found, or the platform does not report owners.',
      fields: ['inetSocket.noOwner', 'unixSocket.noOwner'],
      ...needing(['owners']),
      isUnavailable: () => false,
      tone: 'quiet',
      filter: {
        kind: 'text',
        expected: 'a reason',
        words: noOwners,
        of: ({ noOwner }) => [noOwner],
      },
    },
    ({ noOwner }) => noOwner,
  ),
  textual(
    {
      key: 'path',
      header: 'Path',
      meaning:
        'The bound name: null if unbound; `@…` for an abstract name (Linux), without padding NUL bytes.',
      fields: ['unixSocket.path'],
      ...ofUnix,
      long: true,
      width: 20,
      filter: { kind: 'text', expected: 'a path', of: (socket) => [unixPath(socket)] },
    },
    unixPath,
  ),
  ...tcpInfoAttributes,
  ...socketInfoAttributes,
  ...creationAttributes,
  ...peerAttributes,
  ...workloadAttributes,
  ...exposureAttributes,
  { ...netnsAttribute('inetSocket', 'unixSocket'), filter: { kind: 'netns' } },
  { ...hostAttribute('inetSocket', 'unixSocket'), filter: { kind: 'machine' } },
];

/**
 * Internet and UNIX sockets have little in common, so each kind has its own box; sorted together they share one,
 * with a UNIX socket's path as its local address.
 */
function tableKeys({
  query,
  view,
  schedule,
}: Omit<Listing, 'target'>): (socket: Socket | null) => readonly string[] {
  const owners = [
    ...(view.programs ? ['pid', 'program'] : []),
    ...(view.peers ? ['peerpid', 'peer'] : []),
    ...(view.workloads ? ['workload'] : []),
    ...(view.exposure ? ['exposure'] : []),
    ...(view.withNetns ? ['netns'] : []),
  ];
  const inet = [
    ...['proto', 'recvq', 'sendq', 'src', 'dst', 'state'],
    ...(query.protocolsNamed && query.protocols.includes('sctp') ? ['assoc'] : []),
    ...(view.extend > 0 ? ['user', 'inode'] : []),
    ...(view.timers ? ['timer'] : []),
    ...(view.tcpInfo ? ['rtt', 'retrans', 'cwnd', 'sent', 'received'] : []),
    ...(view.tcpInfo && schedule.interval !== null ? ['sentrate', 'recvrate'] : []),
    ...(view.socketInfo ? ['acceptq', 'acceptlimit', 'drops', 'rmem', 'wmem'] : []),
  ];
  const queues = view.socketInfo
    ? ['recvq', 'sendq', 'acceptq', 'acceptlimit', 'drops', 'rmem', 'wmem']
    : [];
  const ofUnix = [
    ...['proto', 'refcount', 'flags', 'type', 'state', 'inode', ...queues, ...owners, 'path'],
  ];
  const ofInet = [...inet, ...owners];
  const ofBoth = [...new Set([...inet, 'type', 'refcount', 'flags', 'inode', ...owners])];

  const noInet = isUnixAlone(query.protocols);
  const mixed = query.sort.length > 0 && !noInet && query.protocols.includes('unix');
  if (mixed) return () => ofBoth;
  return (socket) => ((socket === null ? noInet : !isInet(socket)) ? ofUnix : ofInet);
}

/** The attributes of sockets. */
export const socketAttributes: ReportAttributes<Socket> = {
  attributes,
  tableKeys,
  firstToGo: [
    ...['inode', 'timer', 'wmem', 'rmem', 'cwnd', 'refcount', 'flags', 'user', 'type', 'assoc'],
    ...['drops', 'acceptlimit', 'acceptq', 'retrans', 'received', 'sent', 'recvrate', 'sentrate'],
    ...['sendq', 'recvq', 'rtt', 'pid', 'proto'],
  ],
};
