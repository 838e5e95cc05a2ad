/**
 * The ports of the sockets that `holder.ts` opens. Fixed: under Wine the programs have a network
 * of their own, where every port is free; the system gives none of these to those who ask for any.
 */
export const ports = {
  listen4: 17001,
  listen4Any: 17002,
  listen6: 17003,
  listen6Only: 17004,
  listenDual: 17005,
  listenLinkLocal: 17006,
  pair4: 17011,
  pair6: 17012,
  pairMapped: 17013,
  halfClosed: 17014,
  unanswered: 17015,
  udp4: 17021,
  udp6: 17022,
  udpLinkLocal: 17023,
  elsewhere: 17031,
  crowd: 17041,
} as const;

/** Sockets of the crowd: both ends of TCP connections, and UDP sockets. */
export const crowd = { connections: 2000, datagrams: 1000 } as const;
