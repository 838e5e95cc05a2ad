import type { MetricFamily } from '../../model/metric.ts';

/** A family without its values. `labels`: in their order, without those of networks and machines. */
export type Definition = Pick<MetricFamily, 'name' | 'help' | 'unit' | 'type'> & {
  readonly labels: readonly string[];
};

/**
 * Every family except those that attributes and the kernel name: interface counters and the counters of `-s`. A
 * test compares docs/metrics.md with it.
 */
export const definitions = {
  sockets: {
    name: 'tsnetstat_sockets',
    type: 'gauge',
    unit: null,
    labels: ['protocol', 'family', 'state'],
    help: 'Sockets by protocol, family and state.',
  },
  listener: {
    name: 'tsnetstat_listener',
    type: 'gauge',
    unit: null,
    labels: ['protocol', 'address', 'port', 'program', 'workload'],
    help: 'Servers whose port the system does not give away: the sockets of each.',
  },
  acceptQueueLength: {
    name: 'tsnetstat_accept_queue_length',
    type: 'gauge',
    unit: null,
    labels: ['protocol', 'address', 'port'],
    help: 'Connections that wait to be accepted; of several sockets at one place, those of the fullest queue.',
  },
  acceptQueueLimit: {
    name: 'tsnetstat_accept_queue_limit',
    type: 'gauge',
    unit: null,
    labels: ['protocol', 'address', 'port'],
    help: 'As many connections can wait in that queue.',
  },
  serviceConnections: {
    name: 'tsnetstat_service_connections',
    type: 'gauge',
    unit: null,
    labels: ['protocol', 'port'],
    help: 'Connections by the port of the server here that they were made to, without TIME_WAIT.',
  },
  remoteConnections: {
    name: 'tsnetstat_remote_connections',
    type: 'gauge',
    unit: null,
    labels: ['protocol', 'port'],
    help: 'Connections by remote port, of the ports that --metrics-remote names, without TIME_WAIT.',
  },
  programSockets: {
    name: 'tsnetstat_program_sockets',
    type: 'gauge',
    unit: null,
    labels: ['program'],
    help: 'Sockets by the program that has them open.',
  },
  workloadSockets: {
    name: 'tsnetstat_workload_sockets',
    type: 'gauge',
    unit: null,
    labels: ['workload'],
    help: 'Sockets by the container, pod, unit or service that they belong to; empty: to none, or not told.',
  },
  receiveQueue: {
    name: 'tsnetstat_receive_queue_bytes',
    type: 'gauge',
    unit: 'bytes',
    labels: ['protocol'],
    help: 'Received and not yet read by programs, without servers.',
  },
  sendQueue: {
    name: 'tsnetstat_send_queue_bytes',
    type: 'gauge',
    unit: 'bytes',
    labels: ['protocol'],
    help: 'Sent by programs and not yet acknowledged by the other end, without servers.',
  },
  timeWaitSockets: {
    name: 'tsnetstat_time_wait_sockets',
    type: 'gauge',
    unit: null,
    labels: [],
    help: 'TCP connections in TIME_WAIT.',
  },
  timeWaitLimit: {
    name: 'tsnetstat_time_wait_limit',
    type: 'gauge',
    unit: null,
    labels: [],
    help: 'As many can be in TIME_WAIT; further ones skip it.',
  },
  localPortsUsed: {
    name: 'tsnetstat_local_ports_used_ratio',
    type: 'gauge',
    unit: 'ratio',
    labels: ['rank'],
    help: 'Share of the local ports that the destinations with the most connections have taken, TIME_WAIT included.',
  },
  withoutOwner: {
    name: 'tsnetstat_sockets_without_owner',
    type: 'gauge',
    unit: null,
    labels: ['reason'],
    help: 'Sockets of which no program is told, by the reason.',
  },
  rtt: {
    name: 'tsnetstat_connection_rtt_seconds',
    type: 'histogram',
    unit: 'seconds',
    labels: ['port'],
    help: 'Smoothed round-trip times of the TCP connections that there are now, by service port.',
  },
  retransmitted: {
    name: 'tsnetstat_connection_retransmitted_ratio',
    type: 'histogram',
    unit: 'ratio',
    labels: ['port'],
    help: 'Bytes sent again of all bytes sent, of each TCP connection that there is now, by service port.',
  },
  interfacesLeftOut: {
    name: 'tsnetstat_interfaces_left_out',
    type: 'gauge',
    unit: null,
    labels: [],
    help: 'Interfaces whose counters are not told, since there are more than --metrics-top.',
  },
  namespacesLeftOut: {
    name: 'tsnetstat_namespaces_left_out',
    type: 'gauge',
    unit: null,
    labels: [],
    help: 'Network namespaces that have no label of their own, since there are more than --metrics-top.',
  },
  readingSeconds: {
    name: 'tsnetstat_reading_seconds',
    type: 'gauge',
    unit: 'seconds',
    labels: ['part'],
    help: 'How long each part of this took to read.',
  },
  readingErrors: {
    name: 'tsnetstat_reading_errors',
    type: 'gauge',
    unit: null,
    labels: ['code'],
    help: 'Tables and reports that could not be read this time, by the reason.',
  },
  readingWarnings: {
    name: 'tsnetstat_reading_warnings',
    type: 'gauge',
    unit: null,
    labels: ['code'],
    help: 'What else is missing from this or is uncertain, by the reason.',
  },
  hostUp: {
    name: 'tsnetstat_host_up',
    type: 'gauge',
    unit: null,
    labels: ['host'],
    help: 'With --on: 1 for a machine that answered, 0 for one that did not.',
  },
  build: {
    name: 'tsnetstat_build',
    type: 'info',
    unit: null,
    labels: ['version'],
    help: 'The version of tsnetstat.',
  },
} as const satisfies Readonly<Record<string, Definition>>;
