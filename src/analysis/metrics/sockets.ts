import type { Netns } from '../../model/machine/netns.ts';
import { allProtocols, type Family, type Protocol } from '../../model/protocol.ts';
import { otherLabel } from '../../model/report/metric.ts';
import type { Which } from '../../model/request/query.ts';
import { hasPeer, isListening } from '../../model/socket/classify.ts';
import type { Glance } from '../../model/socket/glance.ts';
import { nameWithoutTitle, noOwners, type Owner } from '../../model/socket/owner.ts';
import type { InetSocket, Socket } from '../../model/socket/socket.ts';
import { lastingLabel, type Workload } from '../../model/socket/workload.ts';
import { compareText } from '../../text/compare-text.ts';
import type { Collector } from './collector.ts';
import {
  type Connections,
  type ConnectionsAsked,
  connections,
  isLastingPort,
} from './connections.ts';
import { definitions } from './definitions.ts';
import { labelText } from './label.ts';
import { type Listeners, listeners } from './listeners.ts';
import type { NamespaceLabels } from './namespaces.ts';
import { type Counts, count, mostOf } from './tally.ts';

/** What is counted, and what is known beforehand. */
export interface SocketsAsked
  extends Pick<ConnectionsAsked, 'isNamed' | 'remoteLabel' | 'remoteLabels' | 'tcpInfo'> {
  readonly top: number;
  readonly which: Which;
  readonly namespaces: NamespaceLabels;
  /** Whether the platform reports queues. */
  readonly queues: boolean;
  /** Whether the platform reports workloads. */
  readonly workloads: boolean;
  /** What is known of the network of a row. */
  systemOf(netns: Netns | undefined): NetworkFacts;
  /** Which of several owners is counted. */
  ownerFits(owner: Owner, socket: Socket): boolean;
}

/** What is known of one network. */
export interface NetworkFacts extends Pick<ConnectionsAsked, 'localPorts' | 'reuse'> {
  /** null: not known. */
  readonly timeWaitLimit: number | null;
}

/** Counts sockets as rows pass; none is kept. */
export interface SocketCounts {
  add(socket: Socket): void;
  /** As in `Connections`: only where nothing but the own network is read. */
  glance(glance: Glance): void;
  /**
   * A server, whether or not it is selected. Must be called before any row: it makes connections to it count as a
   * service's, and its queue known.
   */
  serve(socket: Socket): void;
  /**
   * `tables`: the tables that were read; in others, no sockets does not mean zero. `networks`: the networks that were
   * read, as rows name them: those without a socket have zeros.
   */
  collect(
    into: Collector,
    tables: readonly ReadTable[],
    networks: Iterable<Netns | undefined>,
  ): void;
}

/** A table that was read to its end. */
export interface ReadTable {
  readonly protocol: Protocol;
  readonly family: Family;
}

/** TCP states that always have a sample, so that alerts do not lose the series. */
const alwaysListed = ['LISTEN', 'ESTABLISHED', 'SYN_RECV', 'CLOSE_WAIT', 'TIME_WAIT'] as const;

const families = { inet: 'ipv4', inet6: 'ipv6', unix: 'unix' } as const satisfies Record<
  Family,
  string
>;

/** Counts of no sockets yet. */
export function socketCounts(asked: SocketsAsked): SocketCounts {
  const networks = new Map<string | null, Network>();
  const labels = labeller();
  let lastNetns: Netns | undefined | null = null;
  let last: Network | null = null;
  const at = (netns: Netns | undefined): Network => {
    if (last !== null && lastNetns === netns) return last;
    const label = asked.namespaces.of(netns);
    let one = networks.get(label);
    if (one === undefined) {
      one = network(asked, label === otherLabel ? unknownFacts : asked.systemOf(netns));
      networks.set(label, one);
    }
    lastNetns = netns;
    last = one;
    return one;
  };
  return {
    add(socket) {
      at(socket.netns).add(socket, labels);
    },
    glance(glance) {
      at(undefined).glance(glance);
    },
    serve(socket) {
      at(socket.netns).serve(socket);
    },
    collect(into, tables, read) {
      for (const netns of read) {
        // What is `other` has no counts if it has no sockets: there may be no such namespace.
        if (asked.namespaces.of(netns) !== otherLabel) at(netns);
      }
      for (const [netns, one] of networks) {
        one.collect(netns === null ? into : into.labelled({ netns }), tables);
      }
    },
  };
}

/** For several networks together none of this is known. */
const unknownFacts: NetworkFacts = {
  localPorts: { range: null, reserved: [] },
  reuse: {},
  timeWaitLimit: null,
};

/** Labels of programs and workloads, each made once. */
interface SocketLabels {
  program(text: string): string;
  workload(workload: Workload): string;
}

function labeller(): SocketLabels {
  const programs = new Map<string, string>();
  const workloads = new Map<Workload, string>();
  return {
    program(text) {
      let label = programs.get(text);
      if (label === undefined) {
        label = labelText(nameWithoutTitle(text));
        // Anybody can give a process any name.
        if (programs.size < mostRemembered) programs.set(text, label);
      }
      return label;
    },
    workload(workload) {
      let label = workloads.get(workload);
      if (label === undefined) {
        // An ID would change with each restart.
        label = labelText(lastingLabel(workload) ?? workload.runtime ?? workload.kind);
        if (workloads.size < mostRemembered) workloads.set(workload, label);
      }
      return label;
    },
  };
}

const mostRemembered = 10_000;

/** The counts of one network. */
interface Network {
  add(socket: Socket, labels: SocketLabels): void;
  glance(glance: Glance): void;
  serve(socket: Socket): void;
  collect(into: Collector, tables: readonly ReadTable[]): void;
}

interface Queue {
  bytes: number;
  hasKnown: boolean;
  hasUnknown: boolean;
}

const newQueue = (): Queue => ({ bytes: 0, hasKnown: false, hasUnknown: false });

/** The counts of one protocol. */
interface Table {
  /** By state, for each family. */
  readonly states: Readonly<Record<Family, Counts>>;
  readonly received: Queue;
  readonly sent: Queue;
}

type Tables = Readonly<Record<Protocol, Table>>;

const newTable = (): Table => ({
  states: { inet: new Map(), inet6: new Map(), unix: new Map() },
  received: newQueue(),
  sent: newQueue(),
});

function network(asked: SocketsAsked, system: NetworkFacts): Network {
  const { localPorts, reuse, timeWaitLimit } = system;
  const tables = Object.fromEntries(
    allProtocols.map((protocol) => [protocol, newTable()]),
  ) as Tables;
  const programs: Counts = new Map();
  const workloads: Counts = new Map();
  const without: Counts = new Map(noOwners.map((reason) => [reason, 0]));
  const servers: Listeners = listeners();
  const ofConnections: ConnectionsAsked = { ...asked, localPorts, reuse };
  const linked: Connections = connections(ofConnections);

  function isLasting({ protocol, local }: InetSocket): boolean {
    return isLastingPort(ofConnections, local.port, protocol);
  }

  function ownerOf(socket: Socket): Owner | undefined {
    const { owners } = socket;
    if (owners === null || owners.length < 2) return owners?.[0];
    return owners.find((owner) => asked.ownerFits(owner, socket)) ?? owners[0];
  }

  /** Counts the socket for its program, whose label is returned; empty: it has none, or it is not known. */
  function countProgram(socket: Socket, labels: SocketLabels): string {
    const owner = ownerOf(socket);
    if (owner === undefined) {
      count(without, socket.noOwner ?? 'unknown');
      return '';
    }
    const program = owner.program === null ? '' : labels.program(owner.program);
    count(programs, program);
    return program;
  }

  /** The same for its workload. */
  function countWorkload({ workload }: Socket, labels: SocketLabels): string {
    const label = workload ? labels.workload(workload) : '';
    if (asked.workloads) count(workloads, label);
    return label;
  }

  return {
    add(socket, labels) {
      const { protocol, family, state } = socket;
      count(tables[protocol].states[family], state === null ? '' : stateLabel(state));
      const program = countProgram(socket, labels);
      const workload = countWorkload(socket, labels);
      if (hasPeer(socket)) {
        if (socket.protocol !== 'unix') linked.add(socket);
      } else if (isService(socket)) {
        if (isLasting(socket)) {
          servers.add(socket, program, workload);
          linked.serve(socket.protocol, socket.local.port);
        } else {
          servers.addUnlisted(socket);
        }
      } else if (socket.protocol === 'unix') {
        servers.addUnix(socket);
      }
      fillQueues(tables[protocol], socket);
    },
    glance: linked.glance,
    serve(socket) {
      servers.know(socket);
      if (isService(socket) && isLasting(socket)) {
        linked.serve(socket.protocol, socket.local.port);
      }
    },
    collect(into, read) {
      const { top, which } = asked;
      const isTcpRead = read.some(({ protocol }) => protocol === 'tcp');
      const withConnections = which !== 'listening';
      collectStates(into, tables, withConnections ? alwaysListed : ['LISTEN'], read);
      servers.collect(into, top);
      // Where only servers were selected, no connections does not mean zero.
      if (withConnections) linked.collect(into, top, isTcpRead);
      collectMost(into, definitions.programSockets, programs, top);
      if (asked.workloads) collectMost(into, definitions.workloadSockets, workloads, top);
      collectQueues(into, tables, asked.queues, read);
      if (isTcpRead && withConnections) {
        const { inet, inet6 } = tables.tcp.states;
        const waiting = (inet.get('TIME_WAIT') ?? 0) + (inet6.get('TIME_WAIT') ?? 0);
        into.add(definitions.timeWaitSockets, {}, waiting);
      }
      if (timeWaitLimit !== null) into.add(definitions.timeWaitLimit, {}, timeWaitLimit);
      for (const [reason, sockets] of without) {
        into.add(definitions.withoutOwner, { reason }, sockets);
      }
    },
  };
}

function isService(socket: Socket): socket is InetSocket {
  const { protocol } = socket;
  if (protocol === 'unix' || protocol === 'raw' || !isListening(socket)) return false;
  return socket.local.port !== 0;
}

/** Sockets by state; `always`: the TCP states that get a sample even without a socket. */
function collectStates(
  into: Collector,
  tables: Tables,
  always: readonly string[],
  read: readonly ReadTable[],
): void {
  for (const protocol of allProtocols) {
    for (const family of Object.keys(families) as Family[]) {
      const counts = tables[protocol].states[family];
      if (
        protocol === 'tcp' &&
        read.some((one) => one.protocol === 'tcp' && one.family === family)
      ) {
        for (const state of always) count(counts, state, 0);
      }
      for (const [state, sockets] of [...counts].sort(([a], [b]) => compareText(a, b))) {
        into.add(definitions.sockets, { protocol, family: families[family], state }, sockets);
      }
    }
  }
}

function collectMost(
  into: Collector,
  definition: typeof definitions.programSockets | typeof definitions.workloadSockets,
  counts: Counts,
  top: number,
): void {
  const { listed, other } = mostOf(counts, top);
  const [label] = definition.labels;
  for (const [value, sockets] of listed) into.add(definition, { [label]: value }, sockets);
  into.add(definition, { [label]: otherLabel }, other);
}

/** Bytes in queues; `areProvided`: the platform reports them. */
function collectQueues(
  into: Collector,
  tables: Tables,
  areProvided: boolean,
  read: readonly ReadTable[],
): void {
  for (const [definition, side] of [
    [definitions.receiveQueue, 'received'],
    [definitions.sendQueue, 'sent'],
  ] as const) {
    for (const protocol of allProtocols) {
      const { bytes, hasKnown, hasUnknown } = tables[protocol][side];
      const isRead = read.some((one) => one.protocol === protocol);
      if (hasKnown || (isRead && areProvided && !hasUnknown))
        into.add(definition, { protocol }, bytes);
    }
  }
}

/** Adds a socket's queues; in LISTEN they are counts of connections. */
function fillQueues({ received, sent }: Table, { state, recvQueue, sendQueue }: Socket): void {
  if (state === 'LISTEN' || state === 'LISTENING' || state === 'TIME_WAIT') return;
  fill(received, recvQueue);
  fill(sent, sendQueue);
}

function fill(queue: Queue, bytes: number | null | undefined): void {
  if (typeof bytes !== 'number') {
    queue.hasUnknown = true;
    return;
  }
  queue.hasKnown = true;
  queue.bytes += bytes;
}

/** All codes without a name share one label. */
function stateLabel(state: string): string {
  return state.startsWith('UNKNOWN(') ? 'UNKNOWN' : state;
}
