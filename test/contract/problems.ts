import { isIP } from 'node:net';
import type { Endpoint } from '../../src/model/address/endpoint.ts';
import { inetProtocols } from '../../src/model/protocol.ts';
import type { Warning } from '../../src/model/report/snapshot.ts';
import type { Owner } from '../../src/model/socket/owner.ts';
import type { InetSocket, Socket, UnixSocket } from '../../src/model/socket/socket.ts';
import { statesOf } from '../support/states-of.ts';

/** What is wrong with a value, by the model's own words: one line for each field that breaks a promise. */
type Problems = string[];

const unknown = /^UNKNOWN\(\d+\)$/;
const protocolStates = {
  tcp: [...statesOf('tcp'), 'BOUND', 'DELETE_TCB'],
  sctp: statesOf('tcp'),
  udp: ['ESTABLISHED', 'UNCONN'],
  udplite: ['ESTABLISHED', 'UNCONN'],
  raw: ['ESTABLISHED', 'UNCONN'],
} as const satisfies Record<InetSocket['protocol'], readonly string[]>;
const unixStates = ['FREE', 'UNCONNECTED', 'CONNECTING', 'CONNECTED', 'DISCONNECTING', 'LISTENING'];
const unixTypes = ['STREAM', 'DGRAM', 'RAW', 'RDM', 'SEQPACKET'];
const noOwners = ['denied', 'none', 'kernel', 'unknown'];
const warningCodes: readonly string[] = Object.keys({
  absent: 0,
  forbidden: 0,
  unreadable: 0,
  empty: 0,
  malformed: 0,
  'owners-denied': 0,
  'owners-failed': 0,
  cut: 0,
  lost: 0,
  uncertain: 0,
  incomplete: 0,
  'host-failed': 0,
} satisfies Record<Warning['code'], 0>);

const isCount = (value: unknown) => Number.isInteger(value) && (value as number) >= 0;
const isCountOrNull = (value: unknown) => value === null || isCount(value);
const isTextOrNull = (value: unknown) =>
  value === null || (typeof value === 'string' && value !== '');

function check(problems: Problems, field: string, value: unknown, holds: boolean): void {
  if (!holds) problems.push(`${field}: ${JSON.stringify(value)}`);
}

/** RFC 5952 by way of the URL standard, which has the same rules but no dotted tails. */
function isCanonical(address: string): boolean {
  const kind = isIP(address);
  if (kind === 4) return address === address.split('.').map(Number).join('.');
  if (kind !== 6 || address.includes('%')) return false;
  const plain = new URL(`http://[${address}]`).hostname.slice(1, -1);
  const groups = /^::(ffff:)?([\da-f]+):([\da-f]+)$/.exec(plain);
  if (groups === null) return address === plain;
  const bytes = groups.slice(2).flatMap((group) => {
    const word = Number.parseInt(group as string, 16);
    return [word >> 8, word & 255];
  });
  return address === `::${groups[1] ?? ''}${bytes.join('.')}`;
}

function endProblems(name: string, end: Endpoint, problems: Problems): void {
  const { address, port, zone } = end;
  check(problems, `${name}.port`, port, isCount(port) && port <= 0xffff);
  check(problems, `${name}.zone`, zone, isTextOrNull(zone) && !/[%\s]/.test(zone ?? ''));
  check(problems, `${name}.address`, address, end.cut === true || isCanonical(address));
}

function inetProblems(socket: InetSocket, problems: Problems): void {
  const { protocol, family, local, remote, state, timer, uid } = socket;
  check(problems, 'family', family, family === 'inet' || family === 'inet6');
  endProblems('local', local, problems);
  endProblems('remote', remote, problems);
  for (const [name, end] of Object.entries({ local, remote })) {
    const isIpv6 = end.address.includes(':');
    check(problems, `${name}.address in ${family}`, end, isIpv6 === (family === 'inet6'));
  }
  for (const alternates of [socket.localAlternates, socket.remoteAlternates]) {
    check(problems, 'alternates', alternates, (alternates ?? []).every(isCanonical));
  }
  const states: readonly string[] = protocolStates[protocol];
  check(problems, 'state', state, state === null || states.includes(state) || unknown.test(state));
  const association = socket.associationState;
  const isSctpState = statesOf('sctp').some((known) => known === association);
  check(
    problems,
    'associationState',
    association,
    association === undefined ||
      (protocol === 'sctp' && (isSctpState || unknown.test(association))),
  );
  check(problems, 'recvQueue', socket.recvQueue, isCountOrNull(socket.recvQueue));
  check(problems, 'sendQueue', socket.sendQueue, isCountOrNull(socket.sendQueue));
  check(problems, 'uid', uid, isCountOrNull(uid));
  const { createdAt } = socket;
  const isTime = typeof createdAt === 'string' && new Date(createdAt).toISOString() === createdAt;
  check(problems, 'createdAt', createdAt, createdAt === undefined || createdAt === null || isTime);
  check(
    problems,
    'timer',
    timer,
    timer === null ||
      (/^(off|on|keepalive|timewait|probe|unknown\(\d+\))$/.test(timer.kind) &&
        [timer.expiresIn, timer.retransmits].every(isCount) &&
        Number.isInteger(timer.probes)),
  );
}

function unixProblems({ family, type, state, ...socket }: UnixSocket, problems: Problems): void {
  check(problems, 'family', family, family === 'unix');
  check(problems, 'type', type, unixTypes.includes(type) || unknown.test(type));
  check(problems, 'state', state, unixStates.includes(state) || unknown.test(state));
  check(problems, 'refCount', socket.refCount, isCountOrNull(socket.refCount));
  check(problems, 'flags', socket.flags, isCountOrNull(socket.flags));
  check(problems, 'path', socket.path, isTextOrNull(socket.path));
}

function ownerProblems({ pid, program, commandLine, executable, fd }: Owner): Problems {
  const problems: Problems = [];
  check(problems, 'owner.pid', pid, isCount(pid));
  for (const [field, text] of Object.entries({ program, commandLine, executable })) {
    check(problems, `owner.${field}`, text, text === null || typeof text === 'string');
  }
  check(problems, 'owner.fd', fd, isCountOrNull(fd));
  return problems;
}

/** Every promise of the model that a socket breaks. */
export function socketProblems(socket: Socket): Problems {
  const problems: Problems = [];
  const { protocol, inode, owners, noOwner } = socket;
  if (protocol === 'unix') unixProblems(socket, problems);
  else if (inetProtocols.includes(protocol)) inetProblems(socket, problems);
  else problems.push(`protocol: ${JSON.stringify(protocol)}`);
  check(problems, 'inode', inode, inode === null || (isCount(inode) && inode > 0));
  for (const owner of owners ?? []) problems.push(...ownerProblems(owner));
  const pids = (owners ?? []).map(({ pid }) => pid);
  check(problems, 'owners by PID, each once', pids, isAscending(pids));
  const isReason = noOwner === null || noOwners.includes(noOwner);
  const hasReason = noOwner !== null;
  check(problems, 'noOwner', noOwner, isReason && hasReason === (owners?.length === 0));
  const { peer } = socket;
  if (peer) {
    problems.push(...peer.owners.flatMap(ownerProblems));
    check(problems, 'peer.inode', peer.inode, peer.inode === null || isCount(peer.inode));
    const lacksOwner = peer.owners.length === 0;
    check(problems, 'peer.noOwner', peer.noOwner, (peer.noOwner !== null) === lacksOwner);
  }
  return problems;
}

function isAscending(numbers: readonly number[]): boolean {
  return numbers.every((number, at) => at === 0 || (numbers[at - 1] as number) < number);
}

/** Every promise of the model that a warning breaks. */
export function warningProblems({ code, message, source }: Warning): Problems {
  const problems: Problems = [];
  check(problems, 'code', code, warningCodes.includes(code));
  check(problems, 'message', message, message !== '' && !/[\p{Cc}\p{Zl}\p{Zp}]/u.test(message));
  check(problems, 'source', source, isTextOrNull(source));
  return problems;
}
