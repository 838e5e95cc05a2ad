/** Tcp of /proc/net/snmp, for IPv4 and IPv6 together. RFC 4022, net/ipv4/proc.c. */
export const tcp = {
  RtoAlgorithm:
    'how retransmission times are found: 2 constant, 4 Van Jacobson, 5 RFC 2988, 1 other',
  RtoMin: 'shortest retransmission time, milliseconds',
  RtoMax: 'longest retransmission time, milliseconds',
  MaxConn: 'most connections there can be; -1 is no fixed limit',
  ActiveOpens: 'connections that programs here began to open',
  PassiveOpens: 'connections that others opened to listeners here',
  AttemptFails: 'connections that failed while they were being opened',
  EstabResets: 'established connections that ended in a reset',
  CurrEstab: 'connections now in ESTABLISHED or CLOSE_WAIT',
  InSegs: 'segments received, broken ones included',
  OutSegs: 'segments sent, those that only repeat data left out',
  RetransSegs: 'segments sent again',
  InErrs: 'segments received broken, as with a wrong checksum',
  OutRsts: 'resets sent',
  InCsumErrors: 'segments received with a wrong checksum',
} as const;
