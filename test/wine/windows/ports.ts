/**
 * The ports of the sockets that `holder.ts` opens. Fixed: under Wine the programs have a network
 * of their own, where every port is free.
 */
export const ports = {
  listen4: 47001,
  listen4Any: 47002,
  listen6: 47003,
  listen6Only: 47004,
  listenDual: 47005,
  listenLinkLocal: 47006,
  pair4: 47011,
  pair6: 47012,
  pairMapped: 47013,
  halfClosed: 47014,
  unanswered: 47015,
  udp4: 47021,
  udp6: 47022,
  udpLinkLocal: 47023,
  elsewhere: 47031,
  crowd: 47041,
} as const;

/** Sockets of the crowd: both ends of TCP connections, and UDP sockets. */
export const crowd = { connections: 2000, datagrams: 1000 } as const;
