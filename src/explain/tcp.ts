import type { PlatformTcpState, TcpState } from '../model/state.ts';
import type { FullStateText } from './state-text.ts';

/**
 * TCP's states in the order of a connection's life cycle. Their meaning: RFC 9293 sections 3.3.2, 3.5 and 3.6.
 * Times and limits: Linux' Documentation/networking/ip-sysctl.rst.
 */
export const tcpTexts = {
  LISTEN: {
    summary: 'Waits for connections to a port.',
    meaning:
      'A server waits here for connections. The row is no connection, so its foreign side is any (*). Recv-Q does not count bytes: it counts connections that are complete and that the program has not yet accepted. SCTP sockets show it in the same sense.',
    entered: 'The program binds a port and calls listen().',
    left: 'The program closes the socket, or ends. Connections that it has accepted live on without it.',
    many: 'Each is one more service; what matters is who can reach them. 0.0.0.0 and :: take connections on every interface (--exposed lists those). A Recv-Q that stays above 0 means that the program accepts too slowly. Once it passes the backlog, which is the smaller of what the program gave listen() and net.core.somaxconn (4096; 128 before Linux 5.4), the kernel silently drops new connections, so clients hang in SYN_SENT: watch ListenOverflows and ListenDrops (-s), and give the program more workers or a longer backlog.',
  },
  SYN_SENT: {
    summary: 'Asked for a connection; no answer yet.',
    meaning:
      'A program here connects to a peer. The first segment (SYN) is on its way and nothing has come back. Send-Q shows 1: that SYN.',
    entered: 'The program calls connect().',
    left: 'An answer (SYN and ACK) makes it ESTABLISHED. A refusal (RST) or an ICMP error ends it at once. Against silence the SYN is repeated net.ipv4.tcp_syn_retries times (6), and connect() fails after about 127 seconds, 131 since Linux 6.5.',
    many: 'Peers do not answer. All to one address: that service is down or its accept queue is full, a firewall on the way drops the packets, or the address is wrong. To many addresses: look first at the route, firewall and NAT on this side, then at the program (-p), for it may be scanning.',
  },
  SYN_RECV: {
    summary: 'Was asked for a connection and agreed; not confirmed.',
    meaning:
      'A client asked, the kernel agreed (SYN and ACK), and the confirmation is still missing. On Linux such a row is only a small record of the kernel: no process owns it and it has no inode.',
    entered:
      'A SYN arrives for a socket in LISTEN, or two peers call one another at the same time.',
    left: 'The confirmation (ACK) makes it ESTABLISHED and puts it into the accept queue. A reset removes it. Against silence the answer is repeated net.ipv4.tcp_synack_retries times (5), and the request is forgotten after 63 seconds.',
    many: 'Either the answers do not reach the clients (a one-way route, a firewall), or the accept queue is full (see LISTEN), or somebody sends SYNs from forged addresses. With net.ipv4.tcp_syncookies at 1, its default, a full queue makes the kernel answer without keeping a record, so honest clients still get in: TCPReqQFullDoCookies and SyncookiesSent (-s) count that.',
  },
  ESTABLISHED: {
    summary: 'Open: data can flow both ways.',
    meaning:
      'The connection is open. Recv-Q is what has arrived and the program has not read; Send-Q is what the peer has not acknowledged.',
    entered: 'The handshake is complete: connect() succeeds here, accept() can return it there.',
    left: 'This side closes first: FIN_WAIT1. The peer closes first: CLOSE_WAIT. A reset, or net.ipv4.tcp_retries2 (15) retransmissions of the same data without an answer, which take a quarter of an hour or more, end it.',
    many: 'Connections cost little while they are idle; how many are too many depends on the program (its pool, its limit of open files). A Recv-Q that stays high: the local program does not keep up. A Send-Q that stays high: the peer or the network does not. A peer that vanished without closing is not noticed while nothing is sent, unless the program turned keep-alive on (-o shows it; the first probe goes out after net.ipv4.tcp_keepalive_time, 2 hours).',
  },
  FIN_WAIT1: {
    summary: 'This side closed; the peer has not confirmed it.',
    meaning:
      'The local program has closed and the kernel still has to deliver that, and all data before it, to the peer. Send-Q shows what is left.',
    entered: 'The program closes an open connection, or shuts down its sending half.',
    left: "The peer's ACK makes it FIN_WAIT2; a FIN from the peer makes it CLOSING; both at once make it TIME_WAIT. When no process owns it any more and the peer stays silent, the kernel gives up after net.ipv4.tcp_orphan_retries repetitions (0 stands for 8).",
    many: 'Peers vanished, or stopped reading while data was on its way to them (a large Send-Q). Sockets that no process owns any more still take memory; past net.ipv4.tcp_max_orphans the kernel resets them (TCPAbortOnMemory in -s). Fewer tcp_orphan_retries clear them sooner.',
  },
  FIN_WAIT2: {
    summary: 'This side closed; waits for the peer to close too.',
    meaning:
      'Half the connection is over: this side has sent FIN, the peer has acknowledged it, and may still send.',
    entered: "In FIN_WAIT1, the peer's ACK arrives.",
    left: "The peer's FIN makes it TIME_WAIT. When no process owns it, the kernel drops it after net.ipv4.tcp_fin_timeout (60 seconds). While a process still owns it, having shut down only its sending half, there is no limit.",
    many: 'The peers do not close their side: expect as many in CLOSE_WAIT over there, and fix the program there. Without an owner these rows go away by themselves; with one (-p), the local program waits for an end that it should put a time limit on.',
  },
  CLOSE_WAIT: {
    summary: 'The peer closed; the local program has not.',
    meaning:
      'The peer has sent FIN, the kernel has told the program (end of file), and the program has not closed its socket. A Recv-Q of 1 is that FIN, not yet read; a Recv-Q of 0 means that the program has read it and keeps the socket all the same.',
    entered: "In ESTABLISHED, the peer's FIN arrives.",
    left: 'The program closes the socket: LAST_ACK. The kernel sets no time limit of its own; short of a reset or a failed keep-alive, only the program ends this state.',
    many: 'A fault in the local program: it forgets to close, or is stuck before it gets there. The descriptors add up until it meets "too many open files". -p (with --state close_wait) names the program; a restart frees the sockets, and only a fix of the program keeps them away. No setting of the kernel helps.',
  },
  CLOSING: {
    summary: 'Both closed at once; own FIN not acknowledged.',
    meaning:
      "Both sides closed at the same moment, and the peer's acknowledgement of our FIN is missing.",
    entered: "In FIN_WAIT1, the peer's FIN arrives before its ACK.",
    left: 'The ACK makes it TIME_WAIT; against silence it ends as FIN_WAIT1 does.',
    many: 'One is a coincidence. Many mean that acknowledgements from those peers get lost: look for a firewall or NAT that forgets a connection at the first FIN.',
  },
  LAST_ACK: {
    summary: 'Both closed, the peer first; waits for the last ACK.',
    meaning:
      "The peer closed first, the local program has now closed as well, and the peer's acknowledgement of that is missing.",
    entered: 'In CLOSE_WAIT, the program closes the socket.',
    left: "The peer's ACK ends it; there is no TIME_WAIT on this side. Against silence the kernel gives up after net.ipv4.tcp_orphan_retries repetitions (0 stands for 8).",
    many: 'The peers were gone before the end, or a firewall or NAT in between had forgotten the connection. A large Send-Q means that they also missed data.',
  },
  TIME_WAIT: {
    summary: 'Over; its ports are kept until late packets are gone.',
    meaning:
      "The connection is over. The side that closed first keeps its pair of addresses and ports aside for a while, so that late packets cannot end up in a new connection, and so that it can acknowledge the peer's FIN once more. No process owns it and it has no inode: it is a small record of the kernel.",
    entered: "This side closed first, and the peer's FIN arrived.",
    left: 'Time: 60 seconds on Linux, which no setting changes (net.ipv4.tcp_fin_timeout is about FIN_WAIT2); RFC 9293 asks for twice the longest life of a packet. A new connection between the same ports that is clearly later ends it early.',
    many: 'Normal on the side that closes first, and no load: thousands do no harm. They matter when this side opens connections, because each keeps a local port from being used again towards the same peer and port: with the usual 28232 ports of net.ipv4.ip_local_port_range, some 470 new connections a second; beyond that connect() fails with EADDRNOTAVAIL. Keep connections open and use them again (a pool, keep-alive), or set net.ipv4.tcp_tw_reuse to 1, which lets outgoing connections take such a port after a second. A server that cannot bind after a restart lacks SO_REUSEADDR. Leave net.ipv4.tcp_max_tw_buckets high: what is above it loses this protection.',
  },
  CLOSE: {
    summary: 'No connection: not begun, or torn down.',
    meaning: 'A socket without a connection. Other systems write CLOSED.',
    entered:
      'A program has just made the socket, or a reset or a time limit has ended its connection.',
    left: 'The program connects, listens, or closes the socket.',
    many: 'Linux shows it only in passing: look again. macOS and Windows list sockets that were made and never used; many of one program (-p) mean that it forgets to close what failed.',
  },
  BOUND: {
    summary: 'Has a port, but neither listens nor connects.',
    meaning: 'The socket holds a local port and does nothing with it. Windows shows this.',
    entered: 'The program binds a port.',
    left: 'The program listens, connects, or closes the socket.',
    many: 'A program reserves ports, or binds before it connects and never gets there: -p names it.',
  },
  DELETE_TCB: {
    summary: 'Over; the system is about to discard it.',
    meaning: "Windows is discarding the connection's record (TCB).",
    entered: 'The connection has ended.',
    left: 'By itself, soon.',
    many: 'They should pass in a moment. If they stay, something keeps the system from cleaning up: suspect network filters (security software, VPN drivers).',
  },
} satisfies Record<TcpState | PlatformTcpState, FullStateText>;
