import type { Endpoint } from '../address/endpoint.ts';
import type { InetSocket, WritableSocket } from '../socket/socket.ts';
import { noOwnerAt, ownersAt, peerAt } from './owners.ts';
import { ratesAt } from './rates.ts';
import { addressAt, type PackedSockets, socketsIn, tcpInfoAt, timerAt, userAt } from './sockets.ts';
import { workloadAt } from './workloads.ts';

type FurtherFields = Partial<WritableSocket>;

/**
 * A row of a pack, with the interface of a socket object. Getters decode fields each time: for callers that keep many
 * rows and look at few. It always shows the pack's current content, and can be pointed at another row. Fields that were
 * not asked for are undefined.
 */
export class PackedRow {
  pack: PackedSockets;
  row: number;

  constructor(pack: PackedSockets, row: number) {
    this.pack = pack;
    this.row = row;
  }

  /** Returns this as a socket. */
  asSocket(): InetSocket {
    return this as unknown as InetSocket;
  }

  /** Returns an independent object, which stays valid when the pack changes. */
  copied(): InetSocket {
    return socketsIn(this.pack, this.row, this.row + 1)[0] as InetSocket;
  }

  get protocol(): InetSocket['protocol'] {
    return this.pack.table.protocol;
  }
  get family(): InetSocket['family'] {
    return this.pack.table.family;
  }
  get local(): Endpoint {
    return new PackedEnd(this.pack, this.row, this.pack.locals, this.pack.localPorts);
  }
  get remote(): Endpoint {
    return new PackedEnd(this.pack, this.row, this.pack.remotes, this.pack.remotePorts);
  }
  get state(): InetSocket['state'] {
    return this.pack.table.stateOf(this.pack.states[this.row] as number);
  }
  get recvQueue(): number {
    return this.pack.recvQueues[this.row] as number;
  }
  get sendQueue(): number {
    return this.pack.sendQueues[this.row] as number;
  }
  get timer(): InetSocket['timer'] {
    return timerAt(this.pack, this.row);
  }
  get uid(): number | null {
    return userAt(this.pack, this.row);
  }
  get inode(): number | null {
    return this.pack.inodes[this.row] || null;
  }
  get owners(): InetSocket['owners'] {
    const { owners } = this.pack;
    return owners && ownersAt(owners, this.row);
  }
  get noOwner(): InetSocket['noOwner'] {
    const { owners } = this.pack;
    return owners && noOwnerAt(owners, this.row);
  }
  get peer(): FurtherFields['peer'] {
    const { peers } = this.pack;
    return peers === null ? undefined : peerAt(peers, this.row);
  }
  get workload(): FurtherFields['workload'] {
    return this.belonging()?.workload;
  }
  get workloads(): FurtherFields['workloads'] {
    return this.belonging()?.workloads;
  }
  get noWorkload(): FurtherFields['noWorkload'] {
    return this.belonging()?.noWorkload;
  }
  get cgroup(): FurtherFields['cgroup'] {
    return this.belonging()?.cgroup;
  }
  get rates(): FurtherFields['rates'] {
    const { rates } = this.pack;
    return rates === null ? undefined : ratesAt(rates, this.row);
  }
  get tcpInfo(): FurtherFields['tcpInfo'] {
    const { tcpInfo, further } = this.pack;
    if (further?.hasTcpInfo === true) return this.furtherFields().tcpInfo;
    return tcpInfo === null ? undefined : tcpInfoAt(tcpInfo, this.row);
  }
  get acceptQueue(): FurtherFields['acceptQueue'] {
    return this.furtherFields().acceptQueue;
  }
  get drops(): FurtherFields['drops'] {
    return this.furtherFields().drops;
  }
  get memory(): FurtherFields['memory'] {
    return this.furtherFields().memory;
  }
  get mark(): FurtherFields['mark'] {
    return this.furtherFields().mark;
  }
  get cookie(): FurtherFields['cookie'] {
    return this.furtherFields().cookie;
  }
  get device(): FurtherFields['device'] {
    return this.furtherFields().device;
  }

  /** Returns the fields of the row that are not in columns. */
  protected furtherFields(): FurtherFields {
    const { further } = this.pack;
    const fields: FurtherFields = {};
    further?.unpack(fields, further.bytes, this.row * further.stride);
    return fields;
  }

  private belonging() {
    const { workloads } = this.pack;
    return workloads === null ? undefined : workloadAt(workloads, this.row);
  }
}

/** An endpoint of a row, decoded when needed: often only the port is. */
class PackedEnd implements Endpoint {
  readonly zone = null;
  private readonly pack: PackedSockets;
  private readonly row: number;
  private readonly words: Int32Array;
  private readonly ports: Uint16Array;

  constructor(pack: PackedSockets, row: number, words: Int32Array, ports: Uint16Array) {
    this.pack = pack;
    this.row = row;
    this.words = words;
    this.ports = ports;
  }

  get address(): string {
    return addressAt(this.pack, this.words, this.row);
  }
  get port(): number {
    return this.ports[this.row] as number;
  }
}
