import type { Protocol } from '../model/protocol.ts';

/** The explanation of a protocol's rows, in sentences without line breaks; `recv` and `send`: what the queues count. */
export interface ProtocolText {
  readonly title: string;
  readonly meaning: string;
  readonly recv?: string;
  readonly send?: string;
  readonly states: string;
}

/** The labels under which its parts are shown. */
export const protocolLabels = { recv: 'Recv-Q', send: 'Send-Q', states: 'States' } as const;

/** The rows of each protocol; the queues as Linux counts them. */
export const protocolTexts: Readonly<Record<Protocol, ProtocolText>> = {
  tcp: {
    title: 'tcp, tcp6 (protocol)',
    meaning:
      'TCP: streams of bytes between two ends, acknowledged and in order. A row is a server (LISTEN), or one end of a connection; if both programs run here, each end has a row. A server at [::] or :: (tcp6) usually takes IPv4 too.',
    recv: 'Bytes that have arrived and the program has not read. In LISTEN: connections that it has not accepted.',
    send: 'Bytes that the peer has not acknowledged, whether sent or not. In LISTEN: how many connections may wait, or 0.',
    states: 'Those of RFC 9293: --explain lists them.',
  },
  sctp: {
    title: 'sctp, sctp6 (protocol)',
    meaning:
      'SCTP: messages between two ends, each of which may have several addresses. A row is an endpoint (LISTEN) or one of its associations, as connections are called.',
    states:
      "The socket's state in the terms of TCP; --columns assoc shows that of the association, which --explain lists too.",
  },
  udp: {
    title: 'udp, udp6 (protocol)',
    meaning:
      'UDP: single datagrams, neither acknowledged nor in order. There are no connections, so nothing is a LISTEN: a server is a socket without a peer.',
    recv: "Memory of the datagrams that wait for the program, with the kernel's own for each. If it stays high, the program does not keep up, and what does not fit is dropped (-s counts it).",
    send: 'Memory of what has not left the machine yet; mostly 0.',
    states: 'ESTABLISHED: it has a fixed peer. Blank, or UNCONN: it takes from anyone.',
  },
  udplite: {
    title: 'udpl, udpl6 (protocol)',
    meaning:
      'UDP-Lite: UDP whose checksum may cover only a part of each datagram, for sound and video that would rather have a damaged one than none. Few programs use it.',
    recv: 'As for udp.',
    send: 'As for udp.',
    states: 'As for udp.',
  },
  raw: {
    title: 'raw, raw6 (protocol)',
    meaning:
      'Raw sockets: the program gets the packets of an IP protocol as they come and makes its own: ping, routing daemons. There are no ports; the local one is the number of the protocol (1: ICMP, 58: ICMPv6, 89: OSPF).',
    recv: "Memory of the packets that wait for the program, with the kernel's own for each.",
    send: 'Memory of what has not left the machine yet.',
    states: '7: it takes from anyone. 1: it has a fixed peer. --explain 7 says more.',
  },
  unix: {
    title: 'unix (protocol)',
    meaning:
      'UNIX domain: programs of this machine talk to each other, without a network. The path is the name of the socket: a file, or behind @ a name without one (abstract). One without a path has no name; of a connection mostly only the end of the server has one. RefCnt is how often the kernel refers to it; ACC among the flags is a server.',
    states:
      'STREAM and SEQPACKET have connections, DGRAM has none: --explain lists the states. --columns recvq,sendq shows queues.',
  },
};
