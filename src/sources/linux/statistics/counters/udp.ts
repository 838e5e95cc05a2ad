/** Udp of /proc/net/snmp and Udp6 of /proc/net/snmp6. RFC 4113, net/ipv4/proc.c, net/ipv6/proc.c. */
export const udp = {
  InDatagrams: 'datagrams delivered to programs',
  NoPorts: 'datagrams received for a port without a listener',
  InErrors: 'datagrams received and dropped: invalid, or the receive queue was full',
  OutDatagrams: 'datagrams sent',
  RcvbufErrors:
    "datagrams dropped because a socket's receive queue was full: its program is too slow",
  SndbufErrors: 'datagrams not sent because a send queue was full',
  InCsumErrors: 'datagrams received with a wrong checksum',
  IgnoredMulti: 'multicast and broadcast datagrams received for which there was no socket',
  MemErrors: 'datagrams dropped because the memory for UDP was used up (udp_mem)',
} as const;
