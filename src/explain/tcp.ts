import type { PlatformTcpState, TcpState } from '../model/socket/state.ts';
import type { FullStateText } from './state-text.ts';

/**
 * TCP's states in the order of a connection's life cycle. Their meaning: RFC 9293 sections 3.3.2, 3.5 and 3.6.
 * Times and limits: Linux' Documentation/networking/ip-sysctl.rst.
 */
export const tcpTexts = {
  LISTEN: {
    summary: 'Waits for connections to a port.',
    meaning:
      'A server waits here for connections. The row is not a connection, so its foreign address is any (*). Recv-Q does not count bytes: it counts connections that are complete but not yet accepted by the program. SCTP sockets use the state in the same sense.',
    entered: 'The program binds a port and calls listen().',
    left: 'The program closes the socket, or ends. Connections that it has accepted continue without it.',
    many: 'Each is a further service; what matters is who can reach it. 0.0.0.0 and :: accept connections on every interface (--exposed lists those). A Recv-Q that stays above 0 means that the program accepts too slowly. Once it passes the backlog, which is the smaller of what the program gave listen() and net.core.somaxconn (4096; 128 before Linux 5.4), the kernel silently drops new connections, so clients hang in SYN_SENT: watch ListenOverflows and ListenDrops (-s), and give the program more workers or a longer backlog.',
  },
  SYN_SENT: {
    summary: 'Requested a connection; no answer yet.',
    meaning:
      'A program here connects to a peer. The first segment (SYN) is on its way and nothing has come back. Send-Q shows 1: that SYN.',
    entered: 'The program calls connect().',
    left: 'An answer (SYN and ACK) makes it ESTABLISHED. A refusal (RST) or an ICMP error ends it at once. Without an answer the SYN is repeated net.ipv4.tcp_syn_retries times (6), and connect() fails after about 127 seconds, 131 since Linux 6.5.',
    many: 'Peers do not answer. All to one address: that service is down or its accept queue is full, a firewall on the path drops the packets, or the address is wrong. To many addresses: look first at the route, firewall and NAT on this side, then at the program (-p), which may be scanning.',
  },
  SYN_RECV: {
    summary: 'Accepted a connection request; not confirmed yet.',
    meaning:
      'A client sent a SYN, the kernel answered (SYN and ACK), and the confirmation is still missing. On Linux such a row is only a small record in the kernel: no process owns it and it has no inode.',
    entered:
      'A SYN arrives for a socket in LISTEN, or two peers connect to each other at the same time.',
    left: 'The confirmation (ACK) makes it ESTABLISHED and puts it into the accept queue. A reset removes it. Without a confirmation the answer is repeated net.ipv4.tcp_synack_retries times (5), and the request is dropped after 63 seconds.',
    many: 'Either the answers do not reach the clients (a one-way route, a firewall), or the accept queue is full (see LISTEN), or SYNs are sent from forged addresses. With net.ipv4.tcp_syncookies at 1, its default, a full queue makes the kernel answer without keeping a record, so legitimate clients can still connect: TCPReqQFullDoCookies and SyncookiesSent (-s) count that.',
  },
  ESTABLISHED: {
    summary: 'Open: data can flow both ways.',
    meaning:
      'The connection is open. Recv-Q is data received but not read by the program; Send-Q is data not acknowledged by the peer.',
    entered:
      'The handshake is complete: connect() succeeds on one side, accept() can return it on the other.',
    left: 'This side closes first: FIN_WAIT1. The peer closes first: CLOSE_WAIT. A reset, or net.ipv4.tcp_retries2 (15) retransmissions of the same data without an answer, which take a quarter of an hour or more, end it.',
    many: 'Connections cost little while they are idle; how many are too many depends on the program (its pool, its limit of open files). If Recv-Q stays high, the local program does not keep up; if Send-Q stays high, the peer or the network does not. A peer that vanished without closing is not noticed while nothing is sent, unless the program enabled keep-alive (-o shows it; the first probe is sent after net.ipv4.tcp_keepalive_time, 2 hours).',
  },
  FIN_WAIT1: {
    summary: 'This side closed; the peer has not confirmed it.',
    meaning:
      'The local program has closed and the kernel still has to deliver that, and all data before it, to the peer. Send-Q shows what is left.',
    entered: 'The program closes an open connection, or shuts down its sending half.',
    left: "The peer's ACK makes it FIN_WAIT2; a FIN from the peer makes it CLOSING; both at once make it TIME_WAIT. When no process owns it any more and the peer stays silent, the kernel gives up after net.ipv4.tcp_orphan_retries repetitions (0 stands for 8).",
    many: 'Peers disappeared, or stopped reading while data was being sent to them (a large Send-Q). Sockets that no process owns any more still use memory; past net.ipv4.tcp_max_orphans the kernel resets them (TCPAbortOnMemory in -s). A lower tcp_orphan_retries removes them sooner.',
  },
  FIN_WAIT2: {
    summary: 'This side closed; it waits for the peer to close too.',
    meaning:
      'Half the connection is over: this side has sent FIN, the peer has acknowledged it, and may still send.',
    entered: "In FIN_WAIT1, the peer's ACK arrives.",
    left: "The peer's FIN makes it TIME_WAIT. When no process owns it, the kernel drops it after net.ipv4.tcp_fin_timeout (60 seconds). While a process still owns it, having shut down only its sending half, there is no limit.",
    many: 'The peers do not close their side: expect the same number in CLOSE_WAIT there, and fix the program there. Without an owner these rows disappear by themselves; with one (-p), the local program waits for the peer to close and should set a time limit.',
  },
  CLOSE_WAIT: {
    summary: 'The peer closed; the local program has not.',
    meaning:
      'The peer has sent FIN, the kernel has reported it to the program (end of file), and the program has not closed its socket. A Recv-Q of 1 is that FIN, not yet read; a Recv-Q of 0 means that the program has read it and keeps the socket anyway.',
    entered: "In ESTABLISHED, the peer's FIN arrives.",
    left: 'The program closes the socket: LAST_ACK. The kernel sets no time limit; except for a reset or a failed keep-alive, only the program ends this state.',
    many: 'A bug in the local program: it does not close the socket, or hangs before it does. The descriptors accumulate until it fails with "too many open files". -p (with --state close_wait) names the program; a restart frees the sockets, but only a fix of the program prevents them. No kernel setting helps.',
  },
  CLOSING: {
    summary: 'Both closed at once; own FIN not acknowledged.',
    meaning:
      "Both sides closed at the same moment, and the peer's acknowledgement of our FIN is missing.",
    entered: "In FIN_WAIT1, the peer's FIN arrives before its ACK.",
    left: 'The ACK makes it TIME_WAIT; without an answer it ends as FIN_WAIT1 does.',
    many: 'One is a coincidence. Many mean that acknowledgements from those peers get lost: look for a firewall or NAT that forgets a connection at the first FIN.',
  },
  LAST_ACK: {
    summary: 'Both closed, the peer first; waits for the last ACK.',
    meaning:
      "The peer closed first, the local program has now closed as well, and the peer's acknowledgement of that is missing.",
    entered: 'In CLOSE_WAIT, the program closes the socket.',
    left: "The peer's ACK ends it; there is no TIME_WAIT on this side. Without an answer the kernel gives up after net.ipv4.tcp_orphan_retries repetitions (0 stands for 8).",
    many: 'The peers disappeared before the end, or a firewall or NAT in between had forgotten the connection. A large Send-Q means that they also missed data.',
  },
  TIME_WAIT: {
    summary: 'Over; its ports are kept until late packets are gone.',
    meaning:
      "The connection is over. The side that closed first reserves the addresses and ports for a while, so that late packets cannot reach a new connection, and so that it can acknowledge the peer's FIN again. No process owns it and it has no inode: it is a small record in the kernel.",
    entered: "This side closed first, and the peer's FIN arrived.",
    left: 'Time: 60 seconds on Linux, which no setting changes (net.ipv4.tcp_fin_timeout is about FIN_WAIT2); RFC 9293 requires twice the maximum lifetime of a segment. A new connection between the same ports that is clearly later ends it early.',
    many: 'Normal on the side that closes first, and almost free: thousands do no harm. They matter if this side opens connections, because each blocks a local port for the same peer and port: with the usual 28232 ports of net.ipv4.ip_local_port_range, some 470 new connections a second; beyond that connect() fails with EADDRNOTAVAIL. With TCP timestamps it can reuse such a port after a second: on loopback by default (net.ipv4.tcp_tw_reuse is 2), to other machines if that is 1. Better keep connections open and reuse them (a pool, keep-alive). A server that cannot bind after a restart lacks SO_REUSEADDR. Leave net.ipv4.tcp_max_tw_buckets high: connections above it lose this protection.',
  },
  CLOSE: {
    summary: 'No connection: not started yet, or ended.',
    meaning: 'A socket without a connection. Other systems write CLOSED.',
    entered:
      'A program has just created the socket, or a reset or a time limit has ended its connection.',
    left: 'The program connects, listens, or closes the socket.',
    many: 'Linux shows it only briefly: look again. macOS and Windows list sockets that were created and never used; many of one program (-p) mean that it does not close sockets after an error.',
  },
  BOUND: {
    summary: 'Has a port, but neither listens nor connects.',
    meaning:
      'The socket holds a local port but does not use it yet. Windows shows this, and Linux 6.8 and later with --bound-inactive.',
    entered: 'The program binds a port.',
    left: 'The program listens, connects, or closes the socket.',
    many: 'A program reserves ports, or binds before it connects and never gets there: -p names it.',
  },
  DELETE_TCB: {
    summary: 'Over; the system is about to discard it.',
    meaning: "Windows is discarding the connection's record (TCB).",
    entered: 'The connection has ended.',
    left: 'By itself, soon.',
    many: 'They should disappear in a moment. If they stay, something prevents the system from cleaning up: suspect network filters (security software, VPN drivers).',
  },
} satisfies Record<TcpState | PlatformTcpState, FullStateText>;
