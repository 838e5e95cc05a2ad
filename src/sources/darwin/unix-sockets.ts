import { type UnixSocket, type UnixType, unixFlag } from '../../model/socket/socket.ts';
import type { UnixState } from '../../model/socket/state.ts';
import { type Details, detailsOf, layoutOf } from './layouts.ts';
import { ownershipOf } from './owner-of.ts';
import { sectionFilter } from './sections.ts';
import { badLines, type LineParser, unknownTable, words } from './text.ts';

const front = ['Address', 'Type', 'Recv-Q', 'Send-Q', 'Inode', 'Conn', 'Refs', 'Nextref'];

/** netstat's names of socket types (socktype in unix.c), cut at six characters. */
const types: Readonly<Record<string, UnixType>> = {
  stream: 'STREAM',
  dgram: 'DGRAM',
  raw: 'RAW',
  rdm: 'RDM',
  seqpac: 'SEQPACKET',
};

/** so_options: `listen` was called (<sys/socket.h>). */
const SO_ACCEPTCONN = 0x0002;
/** so_state (<sys/socketvar.h>). */
const SS_ISCONNECTING = 0x0004;
const SS_ISDISCONNECTING = 0x0008;

/**
 * Parses the UNIX section of `netstat -an`; with `-v`, macOS 15.1 and later also report the process and whether a
 * socket listens. Addr is last and may contain spaces. The kernel addresses in the middle columns show who is connected
 * to whom; they are not inodes.
 * @param source the command, for warnings.
 * @param asked `unixQueues`: rows get their queues.
 */
export function unixSocketParser(
  source: string,
  { unixQueues }: { readonly unixQueues: boolean },
): LineParser<UnixSocket> {
  const isInside = sectionFilter('unix');
  const bad = badLines(source);
  let pattern: RegExp | null = null;
  return {
    row(line) {
      if (!isInside(line)) return null;
      if (pattern === null || /^Address /.test(line)) {
        pattern = rowPattern(line, source);
        return null;
      }
      const socket = socketOf(pattern.exec(line)?.groups, unixQueues);
      if (socket === null) bad.add(line);
      return socket;
    },
    warnings: bad.warnings,
  };
}

function rowPattern(header: string, source: string): RegExp {
  const names = words(header);
  const known = front.every((name, at) => names[at] === name) && names.at(-1) === 'Addr';
  const layout = known ? layoutOf(names.slice(front.length, -1)) : undefined;
  if (layout === undefined) throw unknownTable(source, header);
  const pointers = '(?<inode>[0-9a-f]+)\\s+(?<conn>[0-9a-f]+)\\s+[0-9a-f]+\\s+[0-9a-f]+';
  return new RegExp(
    `^\\s*[0-9a-f]+\\s+(?<type>\\S+)\\s+(?<received>\\d+)\\s+\\d+\\s+${pointers}${layout.pattern}(?: (?<path>.*))?$`,
    's',
  );
}

function socketOf(
  groups: Readonly<Record<string, string | undefined>> | undefined,
  unixQueues: boolean,
) {
  const type = typeOf(groups?.type ?? '');
  if (groups === undefined || type === null) return null;
  const details = detailsOf(groups);
  const state = stateOf(type, groups, details);
  const socket: UnixSocket = {
    protocol: 'unix',
    family: 'unix',
    type,
    state,
    refCount: details.useCount,
    flags: state === 'LISTENING' ? unixFlag.accepts : 0,
    path: groups.path || null,
    inode: null,
    ...(unixQueues ? queuesOf(state, groups.received) : null),
    ...ownershipOf(details, true),
  };
  return socket;
}

/**
 * Send-Q is 0 whatever the other end has left unread, since what is sent goes into that end's Recv-Q at once; and of a
 * server neither column counts the connections that wait.
 */
function queuesOf(state: UnixState, received: string | undefined) {
  const recvQueue = state === 'LISTENING' ? null : Number(received);
  return { recvQueue, sendQueue: null };
}

function typeOf(name: string): UnixType | null {
  if (Object.hasOwn(types, name)) return types[name] ?? null;
  const number = /^#(\d+)$/.exec(name)?.[1];
  return number === undefined ? null : `UNKNOWN(${Number(number)})`;
}

/**
 * The options, if reported, show whether a socket listens. Otherwise it is inferred: a stream socket with a path and
 * without a peer is a server, since accepted sockets have a peer and clients have no path.
 */
function stateOf(
  type: UnixType,
  groups: Readonly<Record<string, string | undefined>>,
  { options, socketState }: Details,
): UnixState {
  const has = (pointer: string | undefined) => /[1-9a-f]/.test(pointer ?? '');
  if (has(groups.conn)) return 'CONNECTED';
  if (options !== null && socketState !== null) {
    if (options & SO_ACCEPTCONN) return 'LISTENING';
    if (socketState & SS_ISCONNECTING) return 'CONNECTING';
    return socketState & SS_ISDISCONNECTING ? 'DISCONNECTING' : 'UNCONNECTED';
  }
  const serves = type !== 'DGRAM' && type !== 'RAW' && has(groups.inode);
  return serves ? 'LISTENING' : 'UNCONNECTED';
}
