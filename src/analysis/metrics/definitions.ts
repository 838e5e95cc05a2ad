import type { MetricFamily } from '../../model/report/metric.ts';

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
    help: 'Sockets of each server, except servers on ephemeral ports.',
  },
  acceptQueueLength: {
    name: 'tsnetstat_accept_queue_length',
    type: 'gauge',
    unit: null,
    labels: ['protocol', 'address', 'port'],
    help: 'Connections waiting to be accepted; of several sockets at one address and port, the fullest queue.',
  },
  acceptQueueLimit: {
    name: 'tsnetstat_accept_queue_limit',
    type: 'gauge',
    unit: null,
    labels: ['protocol', 'address', 'port'],
    help: 'Maximum number of connections waiting in that queue.',
  },
  serviceConnections: {
    name: 'tsnetstat_service_connections',
    type: 'gauge',
    unit: null,
    labels: ['protocol', 'port'],
    help: 'Connections to local servers by port, without TIME_WAIT.',
  },
  remoteConnections: {
    name: 'tsnetstat_remote_connections',
    type: 'gauge',
    unit: null,
    labels: ['protocol', 'port'],
    help: 'Connections by remote port, for the ports of --metrics-remote, without TIME_WAIT.',
  },
  programSockets: {
    name: 'tsnetstat_program_sockets',
    type: 'gauge',
    unit: null,
    labels: ['program'],
    help: 'Sockets by program.',
  },
  workloadSockets: {
    name: 'tsnetstat_workload_sockets',
    type: 'gauge',
    unit: null,
    labels: ['workload'],
    help: 'Sockets by container, pod, unit or service; empty: none, or not known.',
  },
  receiveQueue: {
    name: 'tsnetstat_receive_queue_bytes',
    type: 'gauge',
    unit: 'bytes',
    labels: ['protocol'],
    help: 'Bytes received and not yet read by programs, without servers.',
  },
  sendQueue: {
    name: 'tsnetstat_send_queue_bytes',
    type: 'gauge',
    unit: 'bytes',
    labels: ['protocol'],
    help: 'Bytes sent and not yet acknowledged by the other end, without servers.',
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
    help: 'Maximum number of connections in TIME_WAIT; further ones skip it.',
  },
  localPortsUsed: {
    name: 'tsnetstat_local_ports_used_ratio',
    type: 'gauge',
    unit: 'ratio',
    labels: ['rank'],
    help: 'Share of local ports used by TCP connections to one destination, for the busiest; TIME_WAIT included unless connect(2) reuses it.',
  },
  withoutOwner: {
    name: 'tsnetstat_sockets_without_owner',
    type: 'gauge',
    unit: null,
    labels: ['reason'],
    help: 'Sockets without a known program, by reason.',
  },
  rtt: {
    name: 'tsnetstat_connection_rtt_seconds',
    type: 'histogram',
    unit: 'seconds',
    labels: ['port'],
    help: 'Smoothed round-trip times of current TCP connections, by service port.',
  },
  retransmitted: {
    name: 'tsnetstat_connection_retransmitted_ratio',
    type: 'histogram',
    unit: 'ratio',
    labels: ['port'],
    help: 'Retransmitted share of bytes sent, of current TCP connections, by service port.',
  },
  interfacesLeftOut: {
    name: 'tsnetstat_interfaces_left_out',
    type: 'gauge',
    unit: null,
    labels: [],
    help: 'Interfaces beyond --metrics-top, without counters here.',
  },
  namespacesLeftOut: {
    name: 'tsnetstat_namespaces_left_out',
    type: 'gauge',
    unit: null,
    labels: [],
    help: 'Network namespaces beyond --metrics-top, without their own label.',
  },
  readingSeconds: {
    name: 'tsnetstat_reading_seconds',
    type: 'gauge',
    unit: 'seconds',
    labels: ['part'],
    help: 'Time to read each part.',
  },
  readingErrors: {
    name: 'tsnetstat_reading_errors',
    type: 'gauge',
    unit: null,
    labels: ['code'],
    help: 'Tables and reports that could not be read, by reason.',
  },
  readingWarnings: {
    name: 'tsnetstat_reading_warnings',
    type: 'gauge',
    unit: null,
    labels: ['code'],
    help: 'Other missing or uncertain data, by reason.',
  },
  hostUp: {
    name: 'tsnetstat_host_up',
    type: 'gauge',
    unit: null,
    labels: ['host'],
    help: 'With --on: 1 if the machine answered, otherwise 0.',
  },
  build: {
    name: 'tsnetstat_build',
    type: 'info',
    unit: null,
    labels: ['version'],
    help: 'The version of tsnetstat.',
  },
} as const satisfies Readonly<Record<string, Definition>>;
