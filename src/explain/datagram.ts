import type { DatagramState } from '../model/state.ts';
import type { FullStateText } from './state-text.ts';

/** UDP, UDP-Lite and raw sockets: they have no connections, so a state only says what the socket knows. */
export const datagramTexts = {
  UNCONN: {
    summary: 'Takes packets from anyone. netstat leaves it blank.',
    meaning:
      "The socket has no fixed peer: whatever reaches its port is for it. This is the usual state of a UDP server, and of a client between questions. In the netstat table the column is blank for UDP, and 7, the kernel's number, for raw sockets.",
    entered: 'The program makes the socket; binding a port does not change it.',
    left: 'The program calls connect() on it, or closes it.',
    many: 'A client that opens a socket for each question and does not close it (-p names it), or simply many services. A Recv-Q that stays high means that the program does not keep up; when its buffer (net.core.rmem_default, unless the program asked for another) is full, packets are dropped: RcvbufErrors (-s) counts them.',
  },
  ESTABLISHED: {
    summary: 'Has a fixed peer. Says nothing about that peer.',
    meaning:
      "The program called connect(): the socket sends to that peer and takes packets from no one else. Nothing was sent to bring this about, so it does not mean that the peer exists. Raw sockets show 1, the kernel's number.",
    entered: 'The program calls connect() on the socket.',
    left: 'The program closes the socket, or connects it to no one (AF_UNSPEC).',
    many: 'Usually resolvers, QUIC (HTTP/3), VPN and media programs, one socket a peer. Many to port 53 mean that DNS questions wait for answers: look at the name servers.',
  },
} satisfies Record<DatagramState, FullStateText>;
