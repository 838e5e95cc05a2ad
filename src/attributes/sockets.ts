import type { Endpoint } from '../model/endpoint.ts';
import type { Owner } from '../model/owner.ts';
import type { Request } from '../model/request.ts';
import type { InetSocket, Socket, Timer } from '../model/socket.ts';
import { addressText, hostText, joined, portText } from './address.ts';
import { type Cell, type Column, numeral, type ReportColumns, type Scene } from './attribute.ts';
import { unixFlagLetters } from './unix-flags.ts';

type End = 'local' | 'remote';

const isInet = (socket: Socket): socket is InetSocket => socket.protocol !== 'unix';

/** netstat's word for the table a socket is in: `tcp`, `tcp6`, `tcp46`, `unix`. */
function protocolName(socket: Socket): string {
  if (socket.family !== 'inet6') return socket.protocol;
  return `${socket.protocol}${socket.dualStack ? '46' : '6'}`;
}

function alternates(socket: InetSocket, end: End): readonly string[] {
  return (end === 'local' ? socket.localAlternates : socket.remoteAlternates) ?? [];
}

/** An end's addresses: one, but for a multi-homed SCTP end. */
function addresses(socket: Socket, end: End, text: (end: Endpoint) => string): Cell {
  if (!isInet(socket)) return '';
  const others = alternates(socket, end);
  const first = text(socket[end]);
  return others.length === 0
    ? first
    : [first, ...others.map((address) => text({ address, port: 0, zone: null }))];
}

/** Both ends of a UNIX socket are its path, as far as anything tells. */
function whole(socket: Socket, end: End, host: (end: Endpoint) => string, port: string): Cell {
  if (!isInet(socket)) return end === 'local' ? (socket.path ?? '') : '';
  const hosts = addresses(socket, end, host);
  return typeof hosts === 'string'
    ? joined(hosts, port)
    : hosts.map((address) => joined(address, port));
}

function address(key: string, header: string, end: End): Column<Socket> {
  return {
    key,
    header,
    align: 'left',
    long: true,
    width: 15,
    value: (socket) => addresses(socket, end, addressText),
    show: (socket, { names }) => addresses(socket, end, (one) => hostText(one, names)),
  };
}

function port(key: string, header: string, end: End): Column<Socket> {
  return {
    key,
    header,
    align: 'right',
    width: 5,
    value: (socket) => (isInet(socket) ? String(socket[end].port) : ''),
    show: (socket, { names }) =>
      isInet(socket) ? portText(socket[end].port, socket.protocol, names) : '',
  };
}

function addressAndPort(key: string, header: string, end: End): Column<Socket> {
  return {
    key,
    header,
    align: 'left',
    long: true,
    width: 23,
    derived: true,
    value: (socket) =>
      whole(socket, end, addressText, isInet(socket) ? String(socket[end].port) : ''),
    show: (socket, { names }) =>
      whole(
        socket,
        end,
        (one) => hostText(one, names),
        isInet(socket) ? portText(socket[end].port, socket.protocol, names) : '',
      ),
  };
}

function inetNumber(
  key: string,
  header: string,
  width: number,
  pick: (socket: InetSocket) => number | null,
): Column<Socket> {
  return {
    key,
    header,
    align: 'right',
    width,
    value: (socket) => (isInet(socket) ? numeral(pick(socket)) : ''),
  };
}

function timerNumber(key: string, header: string, pick: (timer: Timer) => number): Column<Socket> {
  return inetNumber(key, header, header.length, ({ timer }) => (timer ? pick(timer) : null));
}

/** As netstat shows it: kind (seconds to go/retransmissions/probes). */
function timerText(socket: Socket): string {
  if (!isInet(socket) || socket.timer === null) return '';
  const { kind, expiresIn, retransmits, probes } = socket.timer;
  return `${kind} (${(expiresIn / 1000).toFixed(2)}/${retransmits}/${probes})`;
}

function ofOwners(
  key: string,
  header: string,
  rest: Partial<Column<Socket>>,
  pick: (owner: Owner) => number | string | null,
): Column<Socket> {
  return {
    key,
    header,
    align: 'left',
    ...rest,
    value: ({ owners }) => owners?.map((owner) => String(pick(owner) ?? '')) ?? '',
  };
}

const program = ofOwners(
  'program',
  'Program',
  { long: true, width: 12, tone: 'strong' },
  (owner) => owner.program,
);

const details = { long: true, width: 20 } as const;

const columns: readonly Column<Socket>[] = [
  { key: 'proto', header: 'Proto', align: 'left', width: 5, value: protocolName },
  {
    key: 'family',
    header: 'Family',
    align: 'left',
    width: 6,
    tone: 'quiet',
    value: ({ family }) => family,
  },
  inetNumber('recvq', 'Recv-Q', 6, (socket) => socket.recvQueue),
  inetNumber('sendq', 'Send-Q', 6, (socket) => socket.sendQueue),
  addressAndPort('src', 'Local Address', 'local'),
  address('local', 'Local Host', 'local'),
  port('lport', 'L-Port', 'local'),
  addressAndPort('dst', 'Foreign Address', 'remote'),
  address('remote', 'Foreign Host', 'remote'),
  port('rport', 'F-Port', 'remote'),
  {
    key: 'state',
    header: 'State',
    align: 'left',
    width: 11,
    tone: 'state',
    value: ({ state }) => state ?? '',
  },
  {
    key: 'assoc',
    header: 'Association',
    align: 'left',
    width: 11,
    tone: 'state',
    value: (socket) => (isInet(socket) ? (socket.associationState ?? '') : ''),
  },
  {
    key: 'type',
    header: 'Type',
    align: 'left',
    width: 6,
    value: (socket) => (isInet(socket) ? '' : socket.type),
  },
  {
    key: 'refcount',
    header: 'RefCnt',
    align: 'right',
    value: (socket) => (isInet(socket) ? '' : numeral(socket.refCount)),
  },
  {
    key: 'flags',
    header: 'Flags',
    align: 'left',
    value: (socket) => (isInet(socket) ? '' : String(socket.flags)),
    show: (socket) => (isInet(socket) ? '' : unixFlagLetters(socket.flags).join(',')),
  },
  {
    key: 'user',
    header: 'User',
    align: 'left',
    width: 8,
    value: (socket) => (isInet(socket) ? numeral(socket.uid) : ''),
    show: (socket, { names }) => {
      if (!isInet(socket) || socket.uid === null) return '';
      return names.user(socket.uid) ?? String(socket.uid);
    },
  },
  {
    key: 'inode',
    header: 'Inode',
    align: 'right',
    width: 7,
    tone: 'quiet',
    value: ({ inode }) => numeral(inode),
  },
  {
    key: 'timer',
    header: 'Timer',
    align: 'left',
    width: 18,
    long: true,
    value: (socket) => (isInet(socket) ? (socket.timer?.kind ?? '') : ''),
    show: timerText,
  },
  timerNumber('expires', 'Expires (ms)', (timer) => timer.expiresIn),
  timerNumber('retransmits', 'Retransmits', (timer) => timer.retransmits),
  timerNumber('probes', 'Probes', (timer) => timer.probes),
  ofOwners('pid', 'PID', { align: 'right', width: 7 }, (owner) => owner.pid),
  { ...program, show: programOrReason },
  ofOwners('fd', 'FD', { align: 'right', width: 3 }, (owner) => owner.fd),
  ofOwners('command', 'Command', details, commandText),
  ofOwners('executable', 'Executable', details, (owner) => owner.executable),
  {
    key: 'noowner',
    header: 'No Owner',
    align: 'left',
    tone: 'quiet',
    value: ({ noOwner }) => noOwner ?? '',
  },
  {
    key: 'path',
    header: 'Path',
    align: 'left',
    long: true,
    width: 20,
    value: (socket) => (isInet(socket) ? '' : (socket.path ?? '')),
  },
];

/** `…` behind one that goes on. */
function commandText({ commandLine, commandTruncated }: Owner): string | null {
  return commandTruncated ? `${commandLine}…` : commandLine;
}

/** Why a socket shows no program is worth the room: `(denied)` may have one, `-` has none. */
function programOrReason(socket: Socket, scene: Scene): Cell {
  const { noOwner } = socket;
  if (noOwner === null) return program.value(socket, scene);
  return noOwner === 'none' ? '' : `(${noOwner})`;
}

/**
 * Internet and UNIX sockets have little in common, so each kind has a box of its own; sorted
 * together they share one, in which a path stands as the local address.
 */
function tableKeys(request: Request): (socket: Socket | null) => readonly string[] {
  const owners = request.programs ? ['pid', 'program'] : [];
  const inet = [
    ...['proto', 'recvq', 'sendq', 'src', 'dst', 'state'],
    ...(request.protocolsNamed && request.protocols.includes('sctp') ? ['assoc'] : []),
    ...(request.extend > 0 ? ['user', 'inode'] : []),
    ...(request.timers ? ['timer'] : []),
  ];
  const ofUnix = ['proto', 'refcount', 'flags', 'type', 'state', 'inode', ...owners, 'path'];
  const ofInet = [...inet, ...owners];
  const ofBoth = [...new Set([...inet, 'type', 'refcount', 'flags', 'inode', ...owners])];

  const noInet = request.protocols.every((protocol) => protocol === 'unix');
  const mixed = request.sort.length > 0 && !noInet && request.protocols.includes('unix');
  if (mixed) return () => ofBoth;
  return (socket) => ((socket === null ? noInet : !isInet(socket)) ? ofUnix : ofInet);
}

/** The columns of socket tables. */
export const socketColumns: ReportColumns<Socket> = { columns, tableKeys };
