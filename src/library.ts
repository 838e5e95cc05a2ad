import { type ErrorCode, NetstatError } from './errors.ts';
import {
  type InterfaceOptions,
  interfacesAsked,
  type ReportOptions,
  reportAsked,
  type SocketOptions,
  socketsAsked,
} from './library/options.ts';
import { take } from './library/take.ts';
import type { Snapshot } from './model/snapshot.ts';

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
} from './library/options.ts';
export {
  type FreePortOptions,
  freePort,
  isFree,
  type PortOptions,
  type PortUse,
  whoHolds,
} from './library/ports.ts';
export { type WaitOptions, waitFor } from './library/wait.ts';
export type { Counter } from './model/counter.ts';
export type {
  Certainty,
  Diagnosis,
  Finding,
  FindingProcess,
  NotRun,
  RunCheck,
  Severity,
} from './model/diagnosis.ts';
export type {
  Changed,
  ComparedReport,
  Difference,
  FieldChange,
  NotCompared,
  Replaced,
} from './model/difference.ts';
export type { Endpoint } from './model/endpoint.ts';
export type { Exposure, ExposureKind, PublishedPort } from './model/exposure.ts';
export type { Group } from './model/group.ts';
export type { InterfaceAddress, NetInterface, Traffic } from './model/interface.ts';
export type { MetricFormat } from './model/metric.ts';
export type { Netns } from './model/netns.ts';
export type { NoOwner, Owner, ParentProcess, ProcessFacts } from './model/owner.ts';
export type { Peer } from './model/peer.ts';
export type { Which } from './model/query.ts';
export type { Route } from './model/route.ts';
export type {
  Service,
  ServiceAsked,
  ServiceConnections,
  ServiceStatus,
  ServiceUnit,
} from './model/service.ts';
export type { PlatformName, ReportKind, ReportRows, Snapshot, Warning } from './model/snapshot.ts';
export type {
  Family,
  InetFamily,
  InetProtocol,
  InetSocket,
  Protocol,
  Socket,
  Timer,
  UnixSocket,
  UnixType,
} from './model/socket.ts';
export type {
  ChangeKind,
  FollowWarning,
  LastTraffic,
  SocketChange,
  SocketEvent,
} from './model/socket-event.ts';
export type { AcceptQueue, SocketInfo, SocketMemory, TcpRates } from './model/socket-info.ts';
export type {
  DatagramState,
  InetState,
  PlatformTcpState,
  SctpState,
  TcpState,
  UnixState,
  UnknownState,
} from './model/state.ts';
export type { TcpInfo, TcpOptions } from './model/tcp-info.ts';
export type { NoWorkload, Workload, WorkloadKind, WorkloadRuntime } from './model/workload.ts';
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

/** Every counter of every protocol. @throws NetstatError as `routes`. */
export async function statistics(options: ReportOptions = {}): Promise<Snapshot<'statistics'>> {
  return take('statistics', reportAsked(options));
}
