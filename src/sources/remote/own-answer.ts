import type { Protocol } from '../../model/protocol.ts';
import { schemaVersion, type Warning } from '../../model/report/snapshot.ts';
import { areOwnersHidden } from '../../model/socket/owner.ts';
import type { Socket } from '../../model/socket/socket.ts';
import { exactValues } from '../../shapes/exact-numbers.ts';
import { rowShapes, warningShape } from '../../shapes/row-shapes.ts';
import { listOf } from '../../shapes/shape.ts';
import { counted } from '../../text/counted.ts';
import { shortened } from '../../text/shortened.ts';
import { type UnavailableFacts, unavailableFactsOf } from '../linux/sockets/unavailable-facts.ts';
import type { SocketQuery, WarningSink } from '../source.ts';

/** The answer of a machine's own tsnetstat. */
export interface OwnAnswer {
  readonly rows: readonly Socket[];
  readonly warnings: readonly Warning[];
}

const rowsShape = listOf(rowShapes.sockets);
const warningsShape = listOf(warningShape);

/**
 * Parses the output of `tsnetstat --json` and checks it against the model. null: another schema version, another
 * system, or malformed.
 */
export function parseOwnAnswer(bytes: Buffer): OwnAnswer | null {
  if (isMostlyBrackets(bytes)) return null;
  let value: unknown;
  try {
    value = exactValues(bytes.toString('utf8'));
  } catch {
    return null;
  }
  if (typeof value !== 'object' || value === null) return null;
  const fields = new Map(Object.entries(value));
  if (fields.get('schemaVersion') !== schemaVersion || fields.get('platform') !== 'linux') {
    return null;
  }
  const [rows, warnings] = [fields.get('sockets'), fields.get('warnings')];
  if (rowsShape(rows) !== null || warningsShape(warnings) !== null) return null;
  return { rows, warnings: (warnings as readonly Warning[]).map(bounded) };
}

/** The longest warning; none of ours is longer. */
const longestWarning = 2000;

/** The most things that a warning is about. */
const mostSubjects = 10_000;
/** The most tables; there are not so many. A warning with more is taken for one about all. */
const mostTables = 20;

/** Limits the length of a warning: it may quote text chosen by others. */
function bounded({ source, subjects, tables = [], ...warning }: Warning): Warning {
  return {
    ...warning,
    message: shortened(warning.message, longestWarning),
    source: source === null ? null : shortened(source),
    ...(subjects !== undefined && {
      subjects: subjects.slice(0, mostSubjects).map((one) => shortened(one)),
    }),
    ...(tables.length > 0 && tables.length <= mostTables && { tables }),
  };
}

/** Rows have more bytes than this per object or list. */
const bytesEach = 12;
/** Short answers are not checked. */
const fewBrackets = 4096;

/** Whether the text has far more objects than rows need: parsed, `{},{},{}` takes thirty times the memory. */
function isMostlyBrackets(bytes: Buffer): boolean {
  const most = fewBrackets + bytes.length / bytesEach;
  let brackets = 0;
  let isText = false;
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at];
    if (byte === 0x22) isText = !isText;
    else if (isText) {
      if (byte === 0x5c) at++;
    } else if (byte === 0x7b || byte === 0x5b) brackets++;
  }
  return brackets > most;
}

/** Rows per batch. */
const batchRows = 256;

/** Yields the requested rows in the order of the query. */
export async function* ownRows(
  { rows, warnings }: OwnAnswer,
  query: SocketQuery,
  sink: WarningSink,
): AsyncGenerator<readonly Socket[]> {
  // The remote tsnetstat counts every socket, chosen or not.
  const isOfHidden = ({ code }: Warning) => code === 'owners-denied' && query.owners !== null;
  for (const warning of warnings) if (!isOfHidden(warning)) sink.warn(warning);
  let hidden = 0;
  const unavailable = unavailableFactsOf(query);
  for (const protocol of query.protocols) {
    const ofTable = rows.filter(
      (row) =>
        row.protocol === protocol &&
        (row.protocol === 'unix' || query.families.includes(row.family)),
    );
    for (let at = 0; at < ofTable.length; at += batchRows) {
      const all = ofTable.slice(at, at + batchRows).map((row) => completed(row, query));
      const batch = all.filter(query.keep);
      if (query.socketInfo === true) missed(unavailable, protocol, all);
      for (const row of batch) if (areOwnersHidden(row)) hidden++;
      if (batch.length > 0) yield batch;
    }
  }
  for (const warning of warnings.filter(isOfHidden)) {
    if (query.owners?.onHidden !== undefined) query.owners.onHidden(countingIn(warning));
    else if (hidden > 0) sink.warn(countingIn(warning)(hidden));
  }
  unavailable.warn({ root: '/proc', isOwn: true, sockDiag: undefined }, sink);
}

/** The same warning for another number of sockets. */
function countingIn(warning: Warning): (sockets: number) => Warning {
  return (sockets) => ({
    ...warning,
    message: warning.message.replace(
      /^the owners of [\d,]+ sockets?\b/,
      () => `the owners of ${counted(sockets, 'socket')}`,
    ),
  });
}

/**
 * Notes facts that the rows lack but that decide whether they are chosen. The remote tsnetstat was not asked to choose,
 * and warns only if it has a fact of no socket of a table, as when it read files.
 */
function missed(unavailable: UnavailableFacts, protocol: Protocol, rows: readonly Socket[]): void {
  if (protocol === 'sctp') {
    unavailable.look({ protocol, source: protocol, by: 'file alone' }, rows, []);
    return;
  }
  for (const [family, name] of [
    ['inet', protocol],
    ['inet6', `${protocol}6`],
  ] as const) {
    const answered = rows.filter((row) => row.family === family && row.cookie !== null);
    unavailable.look({ protocol, source: `sock_diag (${name})`, by: 'netlink' }, answered, []);
  }
}

/** Returns a row with only what was asked for; what the machine did not report is null. */
function completed(row: Socket, query: SocketQuery): Socket {
  const {
    rates,
    peer,
    netns,
    tcpInfo,
    workload,
    workloads,
    noWorkload,
    cgroup,
    exposure,
    acceptQueue = null,
    drops = null,
    memory = null,
    mark = null,
    cookie = null,
    device = null,
    ...rest
  } = row as Extract<Socket, { readonly tcpInfo?: unknown }>;
  const socket = rest as Socket;
  const isInet = socket.protocol !== 'unix';
  const isOwned = socket.owners !== null;
  const wantsInfo = query.socketInfo === true;
  const hasQueues = isInet || !(wantsInfo || query.unixQueues === true);
  // Added one after another: spreads would give each row a hidden class of its own.
  const facts: Record<string, unknown> = hasQueues ? {} : { recvQueue: null, sendQueue: null };
  Object.assign(facts, socket);
  if (wantsInfo) Object.assign(facts, { acceptQueue, drops, memory, mark, cookie, device });
  if (query.tcpInfo === true && isInet) facts.tcpInfo = tcpInfo ?? null;
  if (query.owners !== null && !isOwned) Object.assign(facts, { owners: [], noOwner: 'unknown' });
  if (query.workloads === true) {
    Object.assign(facts, {
      workload: workload ?? null,
      workloads: workloads ?? [],
      noWorkload: workload ? null : (noWorkload ?? 'unknown'),
      cgroup: cgroup ?? null,
    });
  }
  if (query.exposure === true) facts.exposure = exposure ?? null;
  return facts as unknown as Socket;
}
