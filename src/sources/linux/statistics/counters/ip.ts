/** Ip of /proc/net/snmp. RFC 4293 (ipSystemStats), net/ipv4/proc.c. */
export const ip = {
  Forwarding: 'whether this machine forwards packets between networks: 1 yes, 2 no',
  DefaultTTL: 'default time to live of packets sent',
  InReceives: 'packets received, including invalid ones',
  InHdrErrors: 'packets received and dropped: bad header, wrong version or expired time to live',
  InAddrErrors: 'packets received and dropped: invalid destination address',
  ForwDatagrams: 'packets received for other machines and forwarded',
  InUnknownProtos: 'packets received for an unsupported protocol',
  InDiscards: 'valid packets received and dropped, for example for lack of memory',
  InDelivers: 'packets delivered to TCP, UDP, ICMP and other protocols',
  OutRequests: 'packets that local programs and protocols asked to send',
  OutDiscards: 'valid packets dropped instead of sent, for example for lack of memory',
  OutNoRoutes: 'packets dropped because there was no route to their destination',
  ReasmTimeout: 'reassemblies given up: not all fragments arrived in time',
  ReasmReqds: 'fragments received that needed reassembly',
  ReasmOKs: 'packets reassembled from fragments',
  ReasmFails: 'reassemblies that failed, for any reason',
  FragOKs: 'packets split into fragments',
  FragFails:
    'packets too large to send whole that could not be fragmented: "do not fragment" was set',
  FragCreates: 'fragments created',
  OutTransmits: 'packets passed down for transmission, including fragments and forwarded packets',
} as const;
