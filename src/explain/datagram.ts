import type { DatagramState } from '../model/socket/state.ts';
import type { FullStateText } from './state-text.ts';

/** UDP, UDP-Lite and raw sockets: they have no connections, so a state only says what the socket knows. */
export const datagramTexts = {
  UNCONN: {
    summary: 'Accepts packets from anyone. netstat leaves it blank.',
    meaning:
      "The socket has no fixed peer: it receives everything that is sent to its port. This is the usual state of a UDP server, and of a client between queries. In the netstat table the column is blank for UDP, and 7, the kernel's number, for raw sockets.",
    entered: 'The program creates the socket; binding a port does not change the state.',
    left: 'The program calls connect() on it, or closes it.',
    many: 'A client that opens a socket for each query and does not close it (-p names it), or simply many services. A Recv-Q that stays high means that the program does not keep up; when its buffer (net.core.rmem_default, unless the program asked for another) is full, packets are dropped: RcvbufErrors (-s) counts them.',
  },
  ESTABLISHED: {
    summary: 'Has a fixed peer. This says nothing about that peer.',
    meaning:
      "The program called connect(): the socket sends to that peer and accepts packets only from it. Nothing was sent to get there, so it does not mean that the peer exists. Raw sockets show 1, the kernel's number.",
    entered: 'The program calls connect() on the socket.',
    left: 'The program closes the socket, or removes its peer (connect() with AF_UNSPEC).',
    many: 'Usually resolvers, QUIC (HTTP/3), VPN and media programs, one socket per peer. Many to port 53 mean that DNS queries wait for answers: check the name servers.',
  },
} satisfies Record<DatagramState, FullStateText>;
