import { otherLabel } from '../../model/report/metric.ts';
import type { AcceptQueue } from '../../model/socket/info.ts';
import type { InetSocket, Socket, UnixSocket } from '../../model/socket/socket.ts';
import type { Writable } from '../../model/writable.ts';
import { compareText } from '../../text/compare-text.ts';
import { isFuller, type QueueFill } from '../queue-fill.ts';
import type { Collector } from './collector.ts';
import { definitions } from './definitions.ts';
import { labelText } from './label.ts';

/** Counts the servers of one network as rows pass. */
export interface Listeners {
  /** A row with the accept queue, remembered for an `add` without it. */
  know(socket: Socket): void;
  /** Adds a server with its program and workload. */
  add(socket: InetSocket, program: string, workload: string): void;
  /** Adds one that has no series of its own: only its queue counts, among those beyond `top`. */
  addUnlisted(socket: InetSocket): void;
  /** Adds a UNIX server, of which only the queue that is known counts. */
  addUnix(socket: UnixSocket): void;
  collect(into: Collector, top: number): void;
}

/** Where a server listens. */
interface ListenPoint {
  readonly protocol: string;
  readonly address: string;
  readonly port: number;
}

interface Server extends ListenPoint {
  readonly program: string;
  readonly workload: string;
  sockets: number;
}

type Queue = ListenPoint & Writable<QueueFill>;

/** No servers yet. */
export function listeners(): Listeners {
  const servers = new Map<string, Server>();
  const queues = new Map<string, Queue>();
  const unixQueues = new Map<string, LabelledQueue>();
  const known = new Map<number, AcceptQueue>();
  let unlisted: QueueFill | null = null;
  const queueOf = (socket: InetSocket) => queueAt(socket, known.get(socket.inode ?? 0));
  return {
    know({ inode, acceptQueue }) {
      if (inode !== null && acceptQueue) known.set(inode, acceptQueue);
    },
    add(socket, program, workload) {
      const { protocol, local } = socket;
      const { port } = local;
      const zone = local.zone === null ? '' : `%${local.zone}`;
      const address = labelText(local.address + zone);
      const point = `${protocol} ${port} ${address}`;
      const key = `${point}\n${program}\n${workload}`;
      const server = servers.get(key);
      if (server !== undefined) server.sockets++;
      else servers.set(key, { protocol, address, port, program, workload, sockets: 1 });
      const queue = queueOf(socket);
      if (queue === null) return;
      const other = queues.get(point);
      if (other === undefined) queues.set(point, { protocol, address, port, ...queue });
      else if (isFuller(queue, other)) Object.assign(other, queue);
    },
    addUnlisted(socket) {
      const queue = queueOf(socket);
      if (queue !== null && (unlisted === null || isFuller(queue, unlisted))) unlisted = queue;
    },
    addUnix({ inode, path }) {
      const queue = known.get(inode ?? 0);
      if (queue === undefined || queue.length === 0) return;
      const address = labelText(path ?? '');
      const other = unixQueues.get(address);
      if (other !== undefined && !isFuller(queue, other.queue)) return;
      unixQueues.set(address, { labels: { protocol: 'unix', address, port: '' }, queue });
    },
    collect(into, top) {
      const found = [...servers.values()].sort(inOrder);
      for (const { protocol, address, port, program, workload, sockets } of found.slice(0, top)) {
        const labels = { protocol, address, port: String(port), program, workload };
        into.add(definitions.listener, labels, sockets);
      }
      const rest = found.slice(top);
      if (rest.length > 0) {
        const labels = { ...otherPoint, program: otherLabel, workload: otherLabel };
        const all = rest.reduce((sum, { sockets }) => sum + sockets, 0);
        into.add(definitions.listener, labels, all);
      }
      const ofPorts = [...queues.values()].sort(inOrder).map(labelled);
      const ofNames = [...unixQueues.values()].sort(inFullness);
      const listed = [...ofPorts.slice(0, top), ...ofNames.slice(0, top)];
      const unnamed = [...ofPorts.slice(top), ...ofNames.slice(top)].map(({ queue }) => queue);
      const other = fullestOf(unlisted === null ? unnamed : [...unnamed, unlisted]);
      collectQueues(
        other === null ? listed : [...listed, { labels: otherPoint, queue: other }],
        into,
      );
    },
  };
}

/** What represents queues without a series of their own, those beyond `top` among them: a sum would hide it. */
function fullestOf(queues: readonly QueueFill[]): QueueFill | null {
  return queues.reduce<QueueFill | null>(
    (full, one) => (full === null || isFuller(one, full) ? one : full),
    null,
  );
}

/** Fullest queues first, since anybody can choose the names of UNIX servers. */
function inFullness(a: LabelledQueue, b: LabelledQueue): number {
  return (
    Number(isFuller(b.queue, a.queue)) - Number(isFuller(a.queue, b.queue)) ||
    compareText(a.labels.address, b.labels.address)
  );
}

function labelled(queue: Queue): LabelledQueue {
  return { labels: pointLabels(queue), queue };
}

function collectQueues(listed: readonly LabelledQueue[], into: Collector): void {
  for (const { labels, queue } of listed) {
    into.add(definitions.acceptQueueLength, labels, queue.length);
  }
  for (const { labels, queue } of listed) {
    if (queue.limit !== null) into.add(definitions.acceptQueueLimit, labels, queue.limit);
  }
}

interface LabelledQueue {
  readonly labels: ReturnType<typeof pointLabels>;
  readonly queue: QueueFill;
}

const otherPoint = { protocol: otherLabel, address: otherLabel, port: otherLabel };

function pointLabels({ protocol, address, port }: ListenPoint) {
  return { protocol, address, port: String(port) };
}

/** null: it has none, or its queue is not known. */
function queueAt(socket: InetSocket, known: AcceptQueue | undefined): QueueFill | null {
  const { protocol, state, recvQueue } = socket;
  if (protocol !== 'tcp' || state !== 'LISTEN') return null;
  const acceptQueue = socket.acceptQueue ?? known;
  if (acceptQueue) return { length: acceptQueue.length, limit: acceptQueue.limit };
  return recvQueue === null ? null : { length: recvQueue, limit: null };
}

/** Lowest ports first, so that the same servers are reported each time. */
function inOrder(a: ListenPoint & Partial<Server>, b: ListenPoint & Partial<Server>): number {
  return (
    a.port - b.port ||
    compareText(a.protocol, b.protocol) ||
    compareText(a.address, b.address) ||
    compareText(a.program ?? '', b.program ?? '') ||
    compareText(a.workload ?? '', b.workload ?? '')
  );
}
