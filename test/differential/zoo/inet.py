"""Internet sockets in every state, with queues, timers, and addresses of every length."""

import os
import socket
import struct

import peer
from network import LAN_V4, LINK_LOCAL, LONG_V6, TUN_V4, TUN_V6
from peer import wait_until

V4, V6 = socket.AF_INET, socket.AF_INET6
STREAM, DGRAM, RAW = socket.SOCK_STREAM, socket.SOCK_DGRAM, socket.SOCK_RAW
UDPLITE = 136
SOL_RAW = 255

TCP_STATE = {
    "ESTABLISHED": 1, "SYN_SENT": 2, "FIN_WAIT1": 4, "FIN_WAIT2": 5, "CLOSE_WAIT": 8,
    "LAST_ACK": 9, "CLOSING": 11,
}


def state_of(sock):
    return sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 1)[0]


def wait_state(sock, name):
    wait_until(lambda: state_of(sock) == TCP_STATE[name], f"a socket did not reach {name}")


def listen(family, address, port, only_v6=None, backlog=16):
    sock = socket.socket(family, STREAM)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if only_v6 is not None:
        sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, only_v6)
    sock.bind((address, port))
    sock.listen(backlog)
    return sock


def connected(family, target, port, source=None):
    """A client's socket, bound to `source` first if that is given."""
    sock = socket.socket(family, STREAM)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if source:
        sock.bind(source)
    sock.connect((target, port))
    return sock


def time_wait():
    """Leaves one IPv4 and one IPv6 connection in TIME_WAIT, for a minute as the kernel has it."""
    for family, address in ((V4, "127.0.0.1"), (V6, "::1")):
        with socket.socket(family, STREAM) as listener:
            listener.bind((address, 0))
            listener.listen()
            client = socket.create_connection(listener.getsockname()[:2])
            server, _ = listener.accept()
            client.close()
            while server.recv(1):
                pass
            server.close()


def tcp_with_itself():
    """Listeners of every kind, and connections between two sockets of the zoo."""
    kept = [
        listen(V4, "0.0.0.0", 22),
        listen(V6, "::", 22, only_v6=1),
        listen(V6, "::", 8080, only_v6=0),
        listen(V4, "127.0.0.1", 5432),
        listen(V4, "127.0.0.1", 40000),
        listen(V6, "::1", 443, only_v6=1),
        listen(V6, LONG_V6, 50443),
        listen(V6, LONG_V6, 80),
    ]
    scoped = socket.socket(V6, STREAM)
    scoped.bind((LINK_LOCAL, 8443, 0, socket.if_nametoindex("near")))
    scoped.listen()
    kept.append(scoped)

    # The last is the listener's place above.
    ends = (
        (V4, "127.0.0.1", 5432, ("127.0.0.1", 41001), 3),
        (V4, LAN_V4, 22, (LAN_V4, 41002), 0),
        (V4, "127.0.0.1", 8080, ("127.0.0.1", 41003), 2),  # IPv4-mapped on the server's side
        (V4, "127.0.0.1", 40000, ("127.0.0.1", 40001), 4),
        (V6, "::1", 22, ("::1", 41004), 1),
        (V6, LONG_V6, 50443, (LONG_V6, 50444), 6),
        (V6, LONG_V6, 80, ("::1", 9), 7),
    )
    for family, address, port, own, _ in ends:
        kept.append(connected(family, address, port, own))
    # The kernel may hand them over a moment later.
    for *_, listener in sorted(ends, key=lambda one: one[-1]):
        kept.append(kept[listener].accept()[0])
    mapped = socket.socket(V6, STREAM)
    mapped.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
    mapped.connect((f"::ffff:{LAN_V4}", 22))
    kept += [mapped, kept[0].accept()[0]]

    near = socket.socket(V6, STREAM)
    near.connect((LINK_LOCAL, 8443, 0, socket.if_nametoindex("near")))
    kept += [near, scoped.accept()[0]]

    # A receive queue: what was sent is never read.  A send queue: the receiver's buffer is full.
    sender = connected(V4, "127.0.0.1", 5432, ("127.0.0.1", 41005))
    sender.send(b"x" * 1234)
    kept += [sender, kept[3].accept()[0]]
    stuck = connected(V6, "::1", 443, ("::1", 41006))
    stuck.setblocking(False)
    try:
        while True:
            stuck.send(b"y" * 65536)
    except BlockingIOError:
        pass
    kept += [stuck, kept[5].accept()[0]]

    # Keep-alive timers.
    alive = connected(V4, "127.0.0.1", 22, ("127.0.0.1", 41007))
    alive.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    alive.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, 30000)
    kept += [alive, kept[0].accept()[0]]

    # An accept queue that nobody takes from, and one that overflows.
    waiting = listen(V4, "127.0.0.1", 9000)
    kept.append(waiting)
    kept += [connected(V4, "127.0.0.1", 9000, ("127.0.0.1", 41010 + n)) for n in range(3)]
    full = listen(V6, "::1", 9001, backlog=0)
    kept += [full, connected(V6, "::1", 9001, ("::1", 41020))]

    # CLOSE_WAIT and FIN_WAIT2 towards each other.
    closer = connected(V6, "::1", 22, ("::1", 41030))
    kept += [closer, kept[1].accept()[0]]
    closer.shutdown(socket.SHUT_WR)
    return kept


def tcp_with_the_peer(far):
    """The states that need a far end which does not follow the rules."""
    kept = []
    for family, own in ((V4, TUN_V4), (V6, TUN_V6)):

        def dial(behaviour, port, block=True, family=family):
            sock = socket.socket(family, STREAM)
            sock.setblocking(block)
            sock.settimeout(90 if block else 0)
            try:
                sock.connect((peer.address(family, behaviour), port))
            except BlockingIOError:
                pass
            kept.append(sock)
            return sock

        dial(peer.BLACK_HOLE, 80, block=False)
        dial(peer.BLACK_HOLE, 6667, block=False)

        sock = dial(peer.SILENT, 443)
        sock.send(b"never acknowledged")
        sock = dial(peer.SILENT, 444)
        sock.shutdown(socket.SHUT_WR)
        wait_state(sock, "FIN_WAIT1")
        orphan = dial(peer.SILENT, 445)  # FIN_WAIT1 without an owner
        orphan.close()
        kept.remove(orphan)

        sock = dial(peer.ACKING, 443)
        sock.shutdown(socket.SHUT_WR)
        wait_state(sock, "FIN_WAIT2")

        sock = dial(peer.CROSSING, 443)
        sock.shutdown(socket.SHUT_WR)
        wait_state(sock, "CLOSING")

        wait_state(dial(peer.LEAVING, 443), "CLOSE_WAIT")
        sock = dial(peer.LEAVING, 444)
        wait_state(sock, "CLOSE_WAIT")
        sock.shutdown(socket.SHUT_WR)
        wait_state(sock, "LAST_ACK")

        sock = dial(peer.STUFFED, 443)
        sock.setblocking(False)
        sock.send(b"z" * 3000)

        listener = listen(family, own, 2222)
        kept.append(listener)
        far.open_half(family, own, 2222, 55555)
        far.open_half(family, own, 2222, 7)
    return kept


def datagram():
    """UDP and UDP-Lite: connected or not, with and without data nobody reads."""
    kept = []
    protocols = [0, UDPLITE] if os.path.exists("/proc/net/udplite") else [0]
    for protocol in protocols:
        for family, anything, itself in ((V4, "0.0.0.0", "127.0.0.1"), (V6, "::", "::1")):
            open_one = socket.socket(family, DGRAM, protocol)
            if family == V6:
                open_one.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            open_one.bind((anything, 53))
            here = socket.socket(family, DGRAM, protocol)
            here.bind((itself, 5353))
            linked = socket.socket(family, DGRAM, protocol)
            linked.bind((itself, 40010))
            linked.connect((itself, 53))
            queued = socket.socket(family, DGRAM, protocol)
            queued.bind((itself, 123))
            for size in (1, 100, 1400):
                here.sendto(b"q" * size, (itself, 123))
            kept += [open_one, here, linked, queued]
    long = socket.socket(V6, DGRAM)
    long.bind((LONG_V6, 40011))
    long.connect((LONG_V6, 40012))
    scoped = socket.socket(V6, DGRAM)
    scoped.bind((LINK_LOCAL, 546, 0, socket.if_nametoindex("near")))
    mapped = socket.socket(V6, DGRAM)
    mapped.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
    mapped.bind(("::", 40013))
    mapped.connect((f"::ffff:{LAN_V4}", 5353))
    return [*kept, long, scoped, mapped]


def raw():
    """Raw sockets. ICMP is filtered out so that no later packet changes a queue."""
    kept = []
    for family, protocol in ((V4, 1), (V4, 255), (V4, 47), (V4, 200), (V6, 58), (V6, 89), (V6, 255)):
        sock = socket.socket(family, RAW, protocol)
        if (family, protocol) == (V4, 1):
            sock.setsockopt(SOL_RAW, 1, struct.pack("I", 0xFFFFFFFF))
        if (family, protocol) == (V6, 58):
            sock.setsockopt(socket.IPPROTO_ICMPV6, 1, b"\xff" * 32)
        kept.append(sock)
    for family, protocol, address in ((V4, 89, LAN_V4), (V4, 1, "127.0.0.1"), (V6, 103, LONG_V6)):
        sock = socket.socket(family, RAW, protocol)
        if protocol == 1:
            sock.setsockopt(SOL_RAW, 1, struct.pack("I", 0xFFFFFFFF))
        sock.bind((address, 0))
        sock.connect((address, 0))
        kept.append(sock)
    return kept
