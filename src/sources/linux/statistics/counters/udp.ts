/** Udp of /proc/net/snmp and Udp6 of /proc/net/snmp6. RFC 4113, net/ipv4/proc.c, net/ipv6/proc.c. */
export const udp = {
  InDatagrams: 'datagrams handed to programs',
  NoPorts: 'datagrams received for a port where nobody listens',
  InErrors: 'datagrams received and lost: broken, or no room in the receive queue',
  OutDatagrams: 'datagrams sent',
  RcvbufErrors: "datagrams lost because a socket's receive queue was full: its program is too slow",
  SndbufErrors: 'datagrams not sent because there was no room in a send queue',
  InCsumErrors: 'datagrams received with a wrong checksum',
  IgnoredMulti: 'multicast and broadcast datagrams received that no socket wanted',
  MemErrors: "datagrams lost because UDP's share of memory was used up (udp_mem)",
} as const;
