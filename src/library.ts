import { type ErrorCode, NetstatError } from './errors.ts';
import {
  type InterfaceOptions,
  interfacesAsked,
  type ReportOptions,
  reportAsked,
  type SocketOptions,
  type StatisticsOptions,
  socketsAsked,
  statisticsAsked,
} from './library/options.ts';
import { take } from './library/take.ts';
import type { Snapshot } from './model/report/snapshot.ts';

export { type DiagnoseOptions, diagnose } from './library/diagnose.ts';
export { type DiffOptions, diff } from './library/diff.ts';
export { follow } from './library/follow.ts';
export { type MetricsOptions, metrics } from './library/metrics.ts';
export type {
  FollowOptions,
  InterfaceOptions,
  OneOrMore,
  ReportOptions,
  SocketOptions,
  StatisticsOptions,
} from './library/options.ts';
export {
  type FreePortOptions,
  freePort,
  type HolderOptions,
  isFree,
  type PortOptions,
  type PortUse,
  whoHolds,
} from './library/ports.ts';
export { type WaitOptions, waitFor } from './library/wait.ts';
export type { Endpoint } from './model/address/endpoint.ts';
export type { Counter } from './model/machine/counter.ts';
export type { InterfaceAddress, NetInterface, Traffic } from './model/machine/interface.ts';
export type { Group } from './model/machine/multicast-group.ts';
export type { Netns } from './model/machine/netns.ts';
export type { Route } from './model/machine/route.ts';
export type { Family, InetFamily, InetProtocol, Protocol } from './model/protocol.ts';
export type {
  Certainty,
  Diagnosis,
  Finding,
  FindingProcess,
  NotRun,
  RunCheck,
  Severity,
} from './model/report/diagnosis.ts';
export type {
  Changed,
  ComparedReport,
  Difference,
  FieldChange,
  NotCompared,
  Replaced,
} from './model/report/difference.ts';
export type {
  Service,
  ServiceAsked,
  ServiceConnections,
  ServiceForward,
  ServiceStatus,
  ServiceUnit,
} from './model/report/service.ts';
export type {
  PlatformName,
  ReportKind,
  ReportRows,
  Snapshot,
  WarnedTable,
  Warning,
} from './model/report/snapshot.ts';
export type {
  ChangeKind,
  FollowWarning,
  LastTraffic,
  SocketChange,
  SocketEvent,
} from './model/report/socket-event.ts';
export type { SocketSource } from './model/request/listing.ts';
export type { MetricFormat } from './model/request/metrics.ts';
export type { Which } from './model/request/query.ts';
export type { Exposure, ExposureKind, PublishedPort } from './model/socket/exposure.ts';
export type { AcceptQueue, SocketInfo, SocketMemory, TcpRates } from './model/socket/info.ts';
export type { NoOwner, Owner, ParentProcess, ProcessFacts } from './model/socket/owner.ts';
export type { Peer } from './model/socket/peer.ts';
export type { PortForward } from './model/socket/port-forward.ts';
export type { InetSocket, Socket, Timer, UnixSocket, UnixType } from './model/socket/socket.ts';
export type {
  DatagramState,
  InetState,
  PlatformTcpState,
  SctpState,
  TcpState,
  UnixState,
  UnknownState,
} from './model/socket/state.ts';
export type { TcpInfo, TcpOptions } from './model/socket/tcp-info.ts';
export type {
  NoWorkload,
  Workload,
  WorkloadKind,
  WorkloadRuntime,
} from './model/socket/workload.ts';
export { exactJson } from './text/json-text.ts';
export { type ErrorCode, NetstatError };

/**
 * Takes a snapshot of the sockets as they are now.
 * @throws NetstatError if an option is invalid or nothing can be read; what is merely incomplete is listed in
 * `warnings`. The reason of `signal`, once it is aborted.
 */
export async function snapshot(options: SocketOptions = {}): Promise<Snapshot> {
  return take('sockets', socketsAsked(options));
}

/** The routing tables. @throws NetstatError if there is no source, or it cannot be read. */
export async function routes(options: ReportOptions = {}): Promise<Snapshot<'routes'>> {
  return take('routes', reportAsked(options));
}

/**
 * The network interfaces and their counters.
 * @throws NetstatError as `routes`, and if one of `names` does not exist (`usage`).
 */
export async function interfaces(options: InterfaceOptions = {}): Promise<Snapshot<'interfaces'>> {
  const asked = interfacesAsked(options);
  const { families } = asked.query;
  const answer = await take('interfaces', asked);
  // On Linux netstat shows every address whatever the family, and so does the source.
  const ofThese = answer.interfaces.map((one) => {
    return { ...one, addresses: one.addresses.filter(({ family }) => families.includes(family)) };
  });
  return { ...answer, interfaces: ofThese };
}

/** Multicast group memberships. @throws NetstatError as `routes`. */
export async function groups(options: ReportOptions = {}): Promise<Snapshot<'groups'>> {
  return take('groups', reportAsked(options));
}

/**
 * The counters of the protocols.
 * @throws NetstatError as `routes`, and `unsupported` if one of `protocols` has none.
 */
export async function statistics(options: StatisticsOptions = {}): Promise<Snapshot<'statistics'>> {
  return take('statistics', statisticsAsked(options));
}
