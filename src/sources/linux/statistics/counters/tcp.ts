/** Tcp of /proc/net/snmp, for IPv4 and IPv6 together. RFC 4022, net/ipv4/proc.c. */
export const tcp = {
  RtoAlgorithm:
    'algorithm for the retransmission time-out: 2 constant, 4 Van Jacobson, 5 RFC 2988, 1 other',
  RtoMin: 'minimum retransmission time-out, in milliseconds',
  RtoMax: 'maximum retransmission time-out, in milliseconds',
  MaxConn: 'maximum number of connections; -1: no fixed limit',
  ActiveOpens: 'connection attempts by local programs',
  PassiveOpens: 'connections opened by others to local listeners',
  AttemptFails: 'connections that failed while being opened',
  EstabResets: 'established connections that ended with a reset',
  CurrEstab: 'current connections in ESTABLISHED or CLOSE_WAIT',
  InSegs: 'segments received, including invalid ones',
  OutSegs: 'segments sent, without those that contain only retransmitted data',
  RetransSegs: 'segments retransmitted',
  InErrs: 'invalid segments received, for example with a wrong checksum',
  OutRsts: 'resets sent',
  InCsumErrors: 'segments received with a wrong checksum',
} as const;
