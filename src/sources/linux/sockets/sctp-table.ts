import type { Endpoint } from '../../../model/address/endpoint.ts';
import { highestPort } from '../../../model/address/port.ts';
import { canonicalAddress } from '../../../model/address/read.ts';
import { familyOf } from '../../../model/address/text.ts';
import type { InetSocket, Socket } from '../../../model/socket/socket.ts';
import type { SctpState } from '../../../model/socket/state.ts';
import { noMalformedLines } from '../malformed-lines.ts';
import type { TableFile } from '../proc/proc.ts';
import { sctpFiles } from '../proc-files.ts';
import { cutShort, emptyTable } from '../warnings.ts';
import { procTable, type TableSource } from './proc-table.ts';
import { sctpSocketStateOf } from './states.ts';
import type { Table } from './table.ts';
import { tableBlocks } from './table-blocks.ts';

/**
 * /proc/net/sctp/assocs: `ASSOC SOCK STY SST ST HBKT ASSOC-ID TX_QUEUE RX_QUEUE UID INODE LPORT RPORT
 * LADDRS <-> RADDRS …` and /proc/net/sctp/eps: `ENDPT SOCK STY SST HBKT LPORT UID INODE LADDRS`
 * (net/sctp/proc.c). Each end may have several addresses; `*` marks the one in use. One file serves
 * both Internet families. SST is the socket's state in TCP's codes, ST the association's.
 */
export const sctpTables: readonly Table[] = [
  sctpTable(sctpFiles.endpoints, parseEndpoint),
  sctpTable(sctpFiles.associations, parseAssociation),
];

type SctpParser = (fields: readonly string[]) => InetSocket | null;

function sctpTable(path: string, parse: SctpParser): Table {
  return procTable({
    protocol: 'sctp',
    family: 'inet',
    path,
    hasWords: false,
    rows: (file, source) => sctpRows(file, source, parse),
  });
}

/** include/net/sctp/constants.h enum sctp_state */
const associationStateOf: readonly SctpState[] = [
  'CLOSED',
  'COOKIE_WAIT',
  'COOKIE_ECHOED',
  'ESTABLISHED',
  'SHUTDOWN_PENDING',
  'SHUTDOWN_SENT',
  'SHUTDOWN_RECEIVED',
  'SHUTDOWN_ACK_SENT',
];

function parseAssociation(fields: readonly string[]): InetSocket | null {
  const arrow = fields.indexOf('<->', 13);
  if (arrow < 0) return null;
  const [socketState, state, sendQueue, recvQueue, uid, inode, localPort, remotePort] = [
    fields[3],
    fields[4],
    fields[7],
    fields[8],
    fields[9],
    fields[10],
    fields[11],
    fields[12],
  ].map(countOf) as [number, number, number, number, number, number, number, number];
  const local = endpointOf(addressesFrom(fields, 13), localPort);
  const remote = endpointOf(addressesFrom(fields, arrow + 1), remotePort);
  if (local === null || remote === null) return null;
  const numbers = { recvQueue, sendQueue, uid, inode };
  if (![socketState, state, ...Object.values(numbers)].every(Number.isInteger)) return null;
  const associationState = associationStateOf[state] ?? (`UNKNOWN(${state})` as const);
  return { ...row(local, remote, sctpSocketStateOf(socketState), numbers), associationState };
}

/** A row of the table of endpoints; null: not a row. */
function parseEndpoint(fields: readonly string[]): InetSocket | null {
  const [state, localPort, uid, inode] = [fields[3], fields[5], fields[6], fields[7]].map(
    countOf,
  ) as [number, number, number, number];
  const local = endpointOf(addressesFrom(fields, 8), localPort);
  if (local === null || ![state, uid, inode].every(Number.isInteger)) return null;
  const any = local.end.address.includes(':') ? '::' : '0.0.0.0';
  const remote = { end: { address: any, port: 0, zone: null }, others: [] };
  return row(local, remote, sctpSocketStateOf(state), {
    recvQueue: null,
    sendQueue: null,
    uid,
    inode,
  });
}

/**
 * A decimal number as `scanUnsigned` reads it, possibly with a sign: the kernel prints some by `%d`. NaN for any
 * other text.
 */
function countOf(text: string | undefined): number {
  const [, sign = '', digits] = /^(-?)(\d{1,20})$/.exec(text ?? '') ?? [];
  if (digits === undefined) return Number.NaN;
  const count = Number(digits);
  if (sign === '' || count === 0) return count;
  return count > 2 ** 31 ? Number.NaN : 2 ** 32 - count;
}

interface Multihomed {
  readonly end: Endpoint;
  readonly others: readonly string[];
}

/** The addresses from `at` on, in the kernel's order, up to the first field that is not an address. */
function addressesFrom(fields: readonly string[], at: number): string[] {
  const addresses: string[] = [];
  for (let i = at; i < fields.length; i++) {
    const field = fields[i] as string;
    const address = canonicalAddress(field.startsWith('*') ? field.slice(1) : field);
    if (address === null) break;
    addresses.push(address);
  }
  return addresses;
}

function endpointOf(addresses: readonly string[], port: number): Multihomed | null {
  const [address, ...others] = addresses;
  if (address === undefined || !(port <= highestPort)) return null;
  return { end: { address, port, zone: null }, others };
}

function row(
  local: Multihomed,
  remote: Multihomed,
  state: InetSocket['state'],
  numbers: { recvQueue: number | null; sendQueue: number | null; uid: number; inode: number },
): InetSocket {
  return {
    protocol: 'sctp',
    family: familyOf(local.end.address),
    local: local.end,
    remote: remote.end,
    localAlternates: local.others,
    remoteAlternates: remote.others,
    state,
    recvQueue: numbers.recvQueue,
    sendQueue: numbers.sendQueue,
    timer: null,
    uid: numbers.uid,
    inode: numbers.inode === 0 ? null : numbers.inode,
    owners: null,
    noOwner: null,
  };
}

function* sctpRows(file: TableFile, source: TableSource, parse: SctpParser): Generator<Socket[]> {
  let line = 0;
  const malformed = noMalformedLines();
  let endsInRow = false;
  for (const { bytes, end, isTooLong } of tableBlocks(file)) {
    if (isTooLong) {
      line++;
      malformed.addBytes(line, bytes, 0, bytes.length);
      continue;
    }
    const batch: Socket[] = [];
    for (const text of bytes.toString('latin1', 0, end).trimEnd().split('\n')) {
      line++;
      if (line === 1) continue;
      const found = parse(text.trim().split(/\s+/));
      if (found !== null) {
        batch.push(found);
        endsInRow = bytes[end - 1] !== 10;
      } else {
        endsInRow = false;
        malformed.add(line, text);
      }
    }
    if (batch.length > 0) yield batch;
  }
  if (line === 0) source.warnings.warn(emptyTable(source.path));
  malformed.warn(source.path, source.warnings);
  if (endsInRow) source.warnings.warn(cutShort(source.path));
}
