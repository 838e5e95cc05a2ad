import { attributeNamed } from '../attributes/index.ts';
import { deferFailure } from '../model/defer-failure.ts';
import type { Endpoint } from '../model/endpoint.ts';
import type { Need } from '../model/needs.ts';
import { noOwnerAt, ownersAt, peerAt } from '../model/packed-owners.ts';
import {
  addRow,
  addressAt,
  asBatch,
  emptyLike,
  keepPack,
  type PackedFacts,
  type PackedSockets,
  type PackedTable,
  packIn,
  timerAt,
  type WritablePack,
  wholeTcpInfoAt,
} from '../model/packed-sockets.ts';
import { workloadAt } from '../model/packed-workloads.ts';
import { sortKeyOf } from '../model/query.ts';
import { rowPlaces } from '../model/row-places.ts';
import type { Row } from '../model/snapshot.ts';
import type { InetSocket, Socket, WritableSocket } from '../model/socket.ts';
import type { SortValues } from '../select/sort.ts';
import type { Batches } from '../sources/source.ts';

/** Needs that packed rows meet; UNIX sockets are never packed. */
const toldNeeds: ReadonlySet<Need> = new Set([
  ...(['owners', 'ownerDetails', 'timers', 'unixQueues', 'peers', 'workloads'] as const),
]);
/** Needs that they meet only if packed with all further facts. */
const furtherNeeds: ReadonlySet<Need> = new Set(['tcpInfo', 'socketInfo'] as const);
/** The fields of `tcp_info` that they always have. */
const infoKeys: ReadonlySet<string> = new Set(['rtt', 'retrans', 'cwnd', 'sent', 'received']);

/**
 * Sorts rows, and keeps packed rows of big tables packed: as objects, a hundred thousand of them would take most of
 * the memory. Rows that come as objects stay objects.
 */
type PackSorter = (batches: Batches<Row>, values: SortValues<Socket>) => Batches<Row>;

/** A sorter of packed rows by these keys; null: packed rows lack a fact that the keys need. */
export function packSorter(
  keys: readonly string[],
  { whole = false }: Pick<PackedFacts, 'whole'>,
): PackSorter | null {
  for (const text of keys) {
    const { key = '', sortNeeds = [] } = attributeNamed('sockets', sortKeyOf(text).name) ?? {};
    const isTold = (need: Need) =>
      toldNeeds.has(need) ||
      (furtherNeeds.has(need) && whole) ||
      (need === 'tcpInfo' && infoKeys.has(key));
    if (!sortNeeds.every(isTold)) return null;
  }
  return sortedRows;
}

/** How many rows are yielded at once. */
const batchRows = 1024;

async function* sortedRows(
  batches: Batches<Row>,
  { add, compare }: SortValues<Socket>,
): Batches<Row> {
  const all = deferFailure(batches);
  /** Batches in their original order. */
  const kept: (WritablePack | readonly Socket[])[] = [];
  for await (const batch of all.batches) {
    const pack = packIn(batch);
    if (pack !== null) {
      keepPack(kept, pack);
      addEach(pack, add);
      continue;
    }
    kept.push(batch as readonly Socket[]);
    for (const socket of batch as readonly Socket[]) add(socket);
  }
  const { count: length, firsts, batchOf } = rowPlaces(kept);
  const order = Uint32Array.from({ length }, (_, place) => place).sort(compare);

  const packs = new Map<PackedTable, WritablePack>();
  let objects: Socket[] = [];
  let open: WritablePack | null = null;
  for (const place of order) {
    const at = batchOf[place] as number;
    const from = kept[at] as WritablePack | readonly Socket[];
    const row = place - (firsts[at] as number);
    const pack = packIn(from);
    if (open !== null && (pack?.table !== open.table || open.length === batchRows)) {
      yield asBatch(open);
      open = null;
    }
    if (pack === null) {
      objects.push((from as readonly Socket[])[row] as Socket);
      continue;
    }
    if (objects.length > 0) {
      yield objects;
      objects = [];
    }
    open ??= emptied(packs, pack);
    addRow(open, pack, row);
  }
  if (open !== null) yield asBatch(open);
  if (objects.length > 0) yield objects;
  all.rethrow();
}

/** The pack that is reused for a table's output, emptied; `like`: a pack of the same table. */
function emptied(packs: Map<PackedTable, WritablePack>, like: PackedSockets): WritablePack {
  const pack = packs.get(like.table) ?? emptyLike(like, batchRows);
  packs.set(like.table, pack);
  pack.length = 0;
  return pack;
}

/**
 * Calls `add` for each row of a pack, always with the same object, whose getters decode only the fields that are
 * read: most keys need one or two numbers.
 */
function addEach(pack: PackedSockets, add: (socket: Socket) => void): void {
  const { table, tcpInfo, further, owners, peers, workloads } = pack;
  const { protocol, family } = table;
  let row = 0;
  const end = (words: Int32Array, ports: Uint16Array): Endpoint => ({
    get address() {
      return addressAt(pack, words, row);
    },
    get port() {
      return ports[row] as number;
    },
    zone: null,
  });
  /** The further facts of the row, and the row that they were decoded for. */
  let others: Partial<WritableSocket> = {};
  let othersOf = -1;
  const told = () => {
    if (othersOf === row || further === null) return others;
    others = {};
    othersOf = row;
    further.tell(others, further.bytes, row * further.stride);
    return others;
  };
  const socket = {
    ...{ protocol, family },
    local: end(pack.locals, pack.localPorts),
    remote: end(pack.remotes, pack.remotePorts),
    get state() {
      return table.stateOf(pack.states[row] as number);
    },
    get recvQueue() {
      return pack.recvQueues[row] as number;
    },
    get sendQueue() {
      return pack.sendQueues[row] as number;
    },
    get timer() {
      return timerAt(pack, row);
    },
    get uid() {
      return pack.uids[row] as number;
    },
    get inode() {
      return pack.inodes[row] || null;
    },
    get owners() {
      return owners && ownersAt(owners, row);
    },
    get noOwner() {
      return owners && noOwnerAt(owners, row);
    },
    get peer() {
      return peers && peerAt(peers, row);
    },
    get workload() {
      return workloads && workloadAt(workloads, row).workload;
    },
    get workloads() {
      return workloads && workloadAt(workloads, row).workloads;
    },
    get noWorkload() {
      return workloads && workloadAt(workloads, row).noWorkload;
    },
    get cgroup() {
      return workloads && workloadAt(workloads, row).cgroup;
    },
    get tcpInfo() {
      return further === null ? tcpInfo && wholeTcpInfoAt(tcpInfo, row) : told().tcpInfo;
    },
    get acceptQueue() {
      return told().acceptQueue;
    },
    get drops() {
      return told().drops;
    },
    get memory() {
      return told().memory;
    },
    get mark() {
      return told().mark;
    },
    get cookie() {
      return told().cookie;
    },
    get device() {
      return told().device;
    },
  };
  // Fields that the pack lacks were not asked for in any row.
  for (; row < pack.length; row++) add(socket as InetSocket);
}
