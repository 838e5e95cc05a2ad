import type { Endpoint } from '../../model/address/endpoint.ts';
import { isAnyAddress } from '../../model/address/text.ts';
import type { InetFamily } from '../../model/protocol.ts';
import type { Warning } from '../../model/report/snapshot.ts';
import type { InetSocket } from '../../model/socket/socket.ts';
import type { DatagramState, InetState } from '../../model/socket/state.ts';
import { noTcpInfo, type TcpInfo } from '../../model/socket/tcp-info.ts';
import { counted } from '../../text/counted.ts';
import { type EndpointForm, parseEndpoint } from './endpoint.ts';
import { detailsOf, type Layout, layoutOf, unknownLayout } from './layouts.ts';
import { ownershipOf } from './owner-of.ts';
import { sectionFilter } from './sections.ts';
import { parseTcpState } from './states.ts';
import { badLines, type LineParser, unknownColumns, unknownTable, words } from './text.ts';

type Protocol = 'tcp' | 'udp';

/** What a header says about the rows below it. */
interface Table {
  readonly patterns: Readonly<Record<Protocol, RegExp>>;
  /** -A puts a kernel address in front, and makes the address columns narrower. */
  readonly columnWidth: number | null;
  /** It has columns of an unknown release, which are skipped. */
  readonly isUnknown: boolean;
}

/** A row split into columns, with addresses as printed. */
interface RawRow {
  readonly line: string;
  readonly protocol: Protocol;
  readonly columnWidth: number | null;
  readonly groups: Readonly<Record<string, string | undefined>>;
}

const front = ['Proto', 'Recv-Q', 'Send-Q', 'Local', 'Address', 'Foreign', 'Address', '(state)'];
const controlBlock = ['Socket', 'Flowhash'];
const columnWidthWithA = 18;
/** The width of IPv6 address columns with -l, including the space; the longest address without -l (inet6print). */
const wideColumn = 46;
const longestCutAddress = 16;

/** Tables that are skipped: raw IP, ICMP, IGMP, divert (protox in main.c). */
const otherProtocols = /^(?:[0-9a-f]+\s+[0-9a-f]+\s+)?(?:ip[46 ]|icm[46]|igm[46]|div[46])/;

/**
 * Parses the Internet sections of `netstat -an`, preferably with `-v` (process IDs) and `-l` (whole IPv6 addresses).
 * Other sections are skipped. Empty output means no sockets: netstat prints the header with the first one.
 * @param source the command, for warnings. Unknown columns after those that all releases have are skipped, with a
 * warning of what was asked for.
 */
export function inetSocketParser(
  source: string,
  {
    tcpInfo = false,
    owners = true,
  }: { readonly tcpInfo?: boolean; readonly owners?: boolean } = {},
): LineParser<InetSocket> {
  const isInside = sectionFilter('inet');
  const bad = badLines(source);
  let table: Table | null = null;
  /** A header with unknown columns; null if there is none. */
  let unknown: string | null = null;
  let lacksBytes = false;
  let wide = false;
  let cutRows = 0;

  const socketIn = (line: string, table: Table): InetSocket | null => {
    const row = readRow(line, table);
    if (row === null) {
      if (!otherProtocols.test(line)) bad.add(line);
      return null;
    }
    // With -l every row with IPv6 addresses is wide (`46` rows have none), so an earlier one would have shown it too.
    wide ||= showsWideAddresses(row);
    const socket = socketOf(row, wide);
    if (socket === null) bad.add(line);
    else if (socket.local.cut || socket.remote.cut) cutRows++;
    if (tcpInfo && table.isUnknown) lacksBytes ||= mayHaveBytes(socket);
    return socket !== null && tcpInfo
      ? Object.assign(socket, { tcpInfo: infoOf(row, socket) })
      : socket;
  };

  return {
    row(line) {
      if (!isInside(line)) return null;
      if (table !== null && !/^(Proto|Socket) /.test(line)) return socketIn(line, table);
      table = readHeader(line, source);
      if (table.isUnknown) unknown ??= line;
      return null;
    },
    warnings: () => [
      ...(unknown === null ? [] : unknownColumns(source, unknown, { owners, bytes: lacksBytes })),
      ...bad.warnings(),
      ...cutWarning(cutRows, source),
    ],
    areColumnsUnknown: () => unknown !== null,
  };
}

function readHeader(line: string, source: string): Table {
  const names = words(line);
  const withA = startsWith(names, controlBlock);
  const rest = withA ? names.slice(controlBlock.length) : names;
  // FreeBSD's header has the same names, but one space here.
  if (!startsWith(rest, front) || /Send-Q Local/.test(line)) throw unknownTable(source, line);
  const known = layoutOf(rest.slice(front.length));
  const layout = known ?? unknownLayout;
  return {
    isUnknown: known === undefined,
    patterns: { tcp: rowPattern('tcp', layout, withA), udp: rowPattern('udp', layout, withA) },
    columnWidth: withA ? columnWidthWithA : null,
  };
}

function startsWith(names: readonly string[], start: readonly string[]): boolean {
  return start.every((name, at) => names[at] === name);
}

/** Only TCP has a state; for others it is blank, so that the later columns are one position to the left. */
function rowPattern(protocol: Protocol, layout: Layout, withA: boolean): RegExp {
  const block = withA ? '[0-9a-f]+\\s+[0-9a-f]+\\s+' : '';
  const queues = '(?<recv>\\d+)\\s+(?<send>\\d+)';
  const addresses = '(?<local>\\S+)(?<gap>\\s+)(?<foreign>\\S+)';
  const state = protocol === 'tcp' ? '\\s+(?<state>\\S+)' : '';
  return new RegExp(
    `^${block}${protocol}(?<version>4|6|46)\\s+${queues}\\s+${addresses}${state}${layout.pattern}\\s*$`,
    's',
  );
}

function readRow(line: string, { patterns, columnWidth }: Table): RawRow | null {
  for (const protocol of ['tcp', 'udp'] as const) {
    const groups = patterns[protocol].exec(line)?.groups;
    if (groups !== undefined) return { line, protocol, columnWidth, groups };
  }
  return null;
}

/** Whether a row can only come from `netstat -l`: by the column's width, or an address longer than the limit. */
function showsWideAddresses({ groups }: RawRow): boolean {
  const { version, local = '', gap = '', foreign = '' } = groups;
  if (version === '4') return false;
  return (
    local.length + gap.length >= wideColumn ||
    [local, foreign].some((text) => text.lastIndexOf('.') > longestCutAddress)
  );
}

function socketOf({ protocol, columnWidth, groups }: RawRow, wide: boolean): InetSocket | null {
  const ipv6 = groups.version !== '4';
  const form: EndpointForm = { ipv6, cutAt16: !wide, columnWidth };
  const local = parseEndpoint(groups.local ?? '', form);
  const remote = parseEndpoint(groups.foreign ?? '', form);
  if (local === null || remote === null) return null;
  const state = protocol === 'tcp' ? parseTcpState(groups.state ?? '') : datagramState(remote);
  if (state === null) return null;

  const family: InetFamily = ipv6 ? 'inet6' : 'inet';
  return {
    protocol,
    family,
    ...(groups.version === '46' && { dualStack: true as const }),
    local,
    remote,
    state,
    ...queuesOf(groups, state),
    timer: null,
    uid: null,
    inode: null,
    ...ownershipOf(detailsOf(groups), state !== 'TIME_WAIT'),
  };
}

/**
 * Returns the bytes in the socket's own buffers. A server's are null: its accept queue is only reported by `netstat
 * -L`, and not by socket.
 */
function queuesOf(
  { recv, send }: RawRow['groups'],
  state: InetState,
): Pick<InetSocket, 'recvQueue' | 'sendQueue'> {
  if (state === 'LISTEN') return { recvQueue: null, sendQueue: null };
  return { recvQueue: Number(recv), sendQueue: Number(send) };
}

/** netstat reports only bytes of a connection's internals, since macOS 15.1. */
function infoOf({ groups }: RawRow, socket: InetSocket): TcpInfo | null {
  const { rxbytes, txbytes } = groups;
  if (!mayHaveBytes(socket) || rxbytes === undefined || txbytes === undefined) return null;
  return { ...noTcpInfo, bytesReceived: BigInt(rxbytes), bytesSent: BigInt(txbytes) };
}

function mayHaveBytes(socket: InetSocket | null): boolean {
  return socket?.protocol === 'tcp' && socket.state !== 'LISTEN';
}

function datagramState(remote: Endpoint): DatagramState & InetState {
  return remote.port === 0 && isAnyAddress(remote.address) ? 'UNCONN' : 'ESTABLISHED';
}

function cutWarning(count: number, source: string): Warning[] {
  if (count === 0) return [];
  const message = `${source}: addresses in ${counted(count, 'row')} are truncated; netstat -l prints them in full`;
  return [{ code: 'cut', message, source }];
}
