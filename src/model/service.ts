import type { InetProtocol, InetSocket } from './socket.ts';

/** What was asked about one service, and how. */
export interface ServiceAsked {
  readonly by: 'port' | 'program' | 'remote';
  /** A port in decimal, a program's name, an address or network as it was given. */
  readonly value: string;
}

/** What is known of a unit that would have a port, by its files. */
export interface ServiceUnit {
  /** `app.socket`, `app.service` */
  readonly unit: string;
  /** Its file. */
  readonly path: string;
  /** `listens`: it is set to listen there. `names`: the port stands in its command line or environment. */
  readonly how: 'listens' | 'names';
  /** The line that says so. */
  readonly setting: string;
  /** It is started with the machine, or by another unit: a link in a `.wants` or `.requires` folder says so. */
  readonly isEnabled: boolean;
  /** Some process is in it; null: not told. */
  readonly isRunning: boolean | null;
}

/** Connections of a service, counted. */
export interface ServiceConnections {
  readonly count: number;
  /** How many are in each state. */
  readonly states: Readonly<Record<string, number>>;
  /** How many addresses are at the other end. */
  readonly addresses: number;
  /** Those with the most of them. */
  readonly busiest: readonly { readonly address: string; readonly count: number }[];
}

/**
 * `listening`: here. `published`: in another network namespace, and a port of this one leads there. `bound`: somebody
 * has the port, and does not listen. `elsewhere`: only in another network namespace. `connected`: nobody listens, and
 * there are connections. `absent`: none of these.
 */
const serviceStatuses = [
  ...(['listening', 'published', 'bound', 'elsewhere', 'connected', 'absent'] as const),
] as const;

/** One of them. */
export type ServiceStatus = (typeof serviceStatuses)[number];

/** What is known of one service: what `--diagnose` tells before its findings where one was asked about. */
export interface Service {
  readonly asked: ServiceAsked;
  readonly status: ServiceStatus;
  /** Some of the sockets that listen, with all that is known of them. */
  readonly listeners: readonly InetSocket[];
  readonly listenerCount: number;
  /** Sockets that have the port and do not listen. */
  readonly bound: readonly InetSocket[];
  /** Connections that came to it; null: not asked for, or not known of an address. */
  readonly incoming: ServiceConnections | null;
  /** Connections of this machine to the port, of the program to elsewhere, with the address; null: not asked for. */
  readonly outgoing: ServiceConnections | null;
  /** Programs that have those, the most of them first; where that is not known there are none. */
  readonly clients: readonly {
    readonly program: string;
    readonly pid: number;
    readonly count: number;
  }[];
  /** Servers of other network namespaces that are meant; null: not looked for. */
  readonly elsewhere: readonly InetSocket[] | null;
  /** Units that would have the port; null: not looked for. */
  readonly units: readonly ServiceUnit[] | null;
  /** Who listened before, by a snapshot of then; null: none was given. */
  readonly earlier: { readonly takenAt: string; readonly listeners: readonly InetSocket[] } | null;
}

/** Protocols that have servers at ports. */
export const serviceProtocols = [
  ...(['tcp', 'sctp', 'udp', 'udplite'] as const),
] as const satisfies readonly InetProtocol[];

/** What a unit's files say, for people. */
export function unitText({ unit, how, setting, isEnabled, isRunning }: ServiceUnit): string {
  const state = [
    ...(isRunning === null ? [] : [isRunning ? 'it runs' : 'it does not run']),
    isEnabled ? 'enabled' : 'not enabled',
  ].join(', ');
  return how === 'listens'
    ? `${unit} would listen there: ${setting} (${state}).`
    : `${unit} names the port: ${setting} (${state}).`;
}
