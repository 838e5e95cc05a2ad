import type { InetProtocol } from '../protocol.ts';
import type { PortForward } from '../socket/port-forward.ts';
import type { InetSocket, Socket } from '../socket/socket.ts';

/** Which service was asked about, and how. */
export interface ServiceAsked {
  readonly by: 'port' | 'program' | 'remote';
  /** A port in decimal, a program's name, or an address or network as given. */
  readonly value: string;
}

/** What a unit's files say about its use of a port. */
export interface ServiceUnit {
  /** `app.socket`, `app.service` */
  readonly unit: string;
  /** Its file. */
  readonly path: string;
  /** `listens`: it is configured to listen there. `names`: the port appears in its command line or environment. */
  readonly how: 'listens' | 'names';
  /** The configuration line that says so. */
  readonly setting: string;
  /** Whether it is started at boot or by another unit, according to a link in a `.wants` or `.requires` folder. */
  readonly isEnabled: boolean;
  /** Whether it has any process; null: not known. */
  readonly isRunning: boolean | null;
}

/** Counts of a service's connections. */
export interface ServiceConnections {
  readonly count: number;
  /** Number of connections in each state. */
  readonly states: Readonly<Record<string, number>>;
  /** Number of distinct remote addresses. */
  readonly addresses: number;
  /** The addresses with the most connections. */
  readonly busiest: readonly { readonly address: string; readonly count: number }[];
}

/** A forwarding of the port that was asked about, and who is there. */
export interface ServiceForward extends PortForward {
  /** Whether a server there takes what is forwarded; null: not known. */
  readonly isServed: boolean | null;
  /** Servers there that take it; if none does, others of its protocol there: those at its port, else any. */
  readonly servers: readonly InetSocket[];
}

/**
 * `listening`: here. `published`: in another network namespace, and a port of this one leads there. `unserved`: a port of
 * this one leads there, and nothing takes what is forwarded. `forwarded`: likewise, and whether anything does is not known.
 * `bound`: a socket has the port but does not listen. `client`: nothing listens, and this machine uses that port of others.
 * `taken`: nothing listens, and a connection was opened from the port. `elsewhere`: only in another network namespace.
 * `connected`: nothing listens, but there are connections. `portless`: a program has only sockets without ports. `unknown`:
 * of a program, no sockets are seen, but the owners of some are hidden. `absent`: none of these.
 */
const serviceStatuses = [
  ...(['listening', 'published', 'unserved', 'forwarded', 'bound', 'client', 'taken'] as const),
  ...(['elsewhere', 'connected', 'portless', 'unknown', 'absent'] as const),
] as const;

/** Whether and where a service listens. */
export type ServiceStatus = (typeof serviceStatuses)[number];

/** What is known of one service: what `--diagnose` prints before its findings if one was asked about. */
export interface Service {
  readonly asked: ServiceAsked;
  readonly status: ServiceStatus;
  /** Some of the listening sockets, with all that is known of them. */
  readonly listeners: readonly InetSocket[];
  readonly listenerCount: number;
  /** Sockets that have the port but do not listen. */
  readonly bound: readonly InetSocket[];
  /**
   * Sockets of a program without ports, TCP and UDP that are not bound, raw and UNIX, of these the listening ones first;
   * null: not looked for.
   */
  readonly portless: readonly Socket[] | null;
  /** Servers whose processes may be the program under another name, if it has no sockets; null: not looked for. */
  readonly similar: readonly InetSocket[] | null;
  /** Some connections that have the port at their own end although nothing listens: a server may fail to bind it. */
  readonly holding: readonly InetSocket[];
  /** Connections to it; null: not asked for, or not known. */
  readonly incoming: ServiceConnections | null;
  /**
   * Connections from this machine: to the port, of the program to elsewhere, or with the address; null: not asked
   * for, or not known.
   */
  readonly outgoing: ServiceConnections | null;
  /**
   * Connections that were opened from the port, here or by another machine to this one, while nothing listens at it;
   * null: not asked for, or not about a port.
   */
  readonly opened: ServiceConnections | null;
  /**
   * Connections that have the port while nothing listens at it, and of which it is not known whether they were opened to
   * it or from it; null: not asked for, or not about a port.
   */
  readonly unclear: ServiceConnections | null;
  /** Programs that have the outgoing connections, the most first, at most 5; empty if they are not known. */
  readonly clients: readonly {
    readonly program: string;
    readonly pid: number;
    readonly count: number;
  }[];
  /** Matching servers in other network namespaces; null: not looked for. */
  readonly elsewhere: readonly InetSocket[] | null;
  /** Where the port is forwarded; null: not looked for. */
  readonly forwards: readonly ServiceForward[] | null;
  /** Units that would use the port; null: not looked for. */
  readonly units: readonly ServiceUnit[] | null;
  /** Who listened at the time of an earlier snapshot; null: none was given. */
  readonly earlier: { readonly takenAt: string; readonly listeners: readonly InetSocket[] } | null;
}

/** Protocols whose servers have ports. */
export const serviceProtocols = [
  'tcp',
  'sctp',
  'udp',
  'udplite',
] as const satisfies readonly InetProtocol[];

/** A sentence about what a unit's files say. */
export function unitText({ unit, how, setting, isEnabled, isRunning }: ServiceUnit): string {
  const state = [
    ...(isRunning === null ? [] : [isRunning ? 'it runs' : 'it does not run']),
    isEnabled ? 'enabled' : 'not enabled',
  ].join(', ');
  return how === 'listens'
    ? `${unit} would listen there: ${setting} (${state}).`
    : `${unit} names the port: ${setting} (${state}).`;
}
