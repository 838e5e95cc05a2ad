"""Sockets of several processes that are connected with each other, for --peers.

    python3 peers.py FOLDER

It writes FOLDER/peers.json when all are open: {"processes": {name: PID}, "udp": {client's port: name, or
null where nobody of this machine is at the other end, or it cannot be told}}. That a UDP server is the
one that receives is tried out.
"""

import json
import os
import signal
import socket
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "zoo"))
import network
import processes

NOBODY = 65534
folder = sys.argv[1]
os.chdir(folder)
TCP, UDP = socket.SOCK_STREAM, socket.SOCK_DGRAM
# What each process is to hold.
held = {"server": [], "client": [], "other": []}
udp = {}


def link():
    for command in (
        "ip link set lo up",
        "ip link add d0 type veth peer name d1",
        "ip addr add 192.0.2.1/24 dev d0",
        # No other socket is bound to these.
        "ip addr add 192.0.2.9/24 dev d0",
        "ip addr add 2001:db8::9/64 dev d0 nodad",
        "ip addr add fe80::1/64 dev d0 nodad",
        "ip link set d1 up",
        "ip link set d0 up",
        "ip route add default dev d0",
    ):
        subprocess.run(command.split(), check=True)
    network.wait_for("fe80::1")
    # What is closed at one end alone is looked at for longer than a minute on a busy machine.
    with open("/proc/sys/net/ipv4/tcp_fin_timeout", "w", encoding="ascii") as setting:
        setting.write("3600")


def new(kind, address, reuse=False):
    family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
    sock = socket.socket(family, kind)
    if reuse:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    return sock


def scoped(host, port):
    return (host, port, 0, socket.if_nametoindex("d0")) if host.startswith("fe80") else (host, port)


def listener(host, port):
    sock = new(TCP, (host,))
    sock.bind(scoped(host, port))
    sock.listen(8)
    return sock


def connect(host, port, kind=TCP):
    sock = new(kind, (host,))
    sock.settimeout(60)
    sock.connect(scoped(host, port))
    return sock


def tcp_pair(listening, host, port):
    client = connect(host, port)
    accepted = listening.accept()[0]
    held["client"].append(client)
    held["server"].append(accepted)
    return client, accepted


def tcp():
    for bind, targets in (
        (("0.0.0.0", 1080), ["127.0.0.1", "127.0.0.2", "192.0.2.1"]),
        (("::", 1081), ["127.0.0.1", "::1", "192.0.2.1", "fe80::1"]),
        (("fe80::1", 1082), ["fe80::1"]),
    ):
        listening = listener(*bind)
        held["server"].append(listening)
        for target in targets:
            tcp_pair(listening, target, bind[1])
        # Not accepted.
        held["client"].append(connect(targets[0], bind[1]))
    # Closed at one end: FIN_WAIT2 without a process, CLOSE_WAIT. Closed at both: TIME_WAIT.
    listening = held["server"][0]
    held["client"].append(connect("127.0.0.1", 1080))
    listening.accept()  # Fetches the one from above, which is closed now.
    _, accepted = tcp_pair(listening, "127.0.0.1", 1080)
    held["server"].remove(accepted)
    accepted.close()
    client, accepted = tcp_pair(listening, "127.0.0.1", 1080)
    held["client"].remove(client)
    held["server"].remove(accepted)
    client.close()
    accepted.close()
    # Within one process, of a user.
    own = listener("127.0.0.1", 1083)
    held["client"] += [own, connect("127.0.0.1", 1083), own.accept()[0]]
    # With itself.
    self = new(TCP, ("127.0.0.1",))
    self.bind(("127.0.0.1", 1090))
    self.connect(("127.0.0.1", 1090))
    held["other"].append(self)
    # Two processes hold one end.
    client, accepted = tcp_pair(listening, "127.0.0.1", 1080)
    held["other"].append(accepted)


def udp_server(name, host, port, reuse=False, v6only=False):
    sock = new(UDP, (host,), reuse)
    if v6only:
        sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    sock.bind((host, port))
    sock.settimeout(60)
    held[name].append(sock)
    return sock


def udp_client(host, port, server, name, source=None):
    """`server`: what is to receive; None: nobody here. `source`: where it is bound."""
    client = new(UDP, (host,))
    if source is not None:
        client.bind(source)
    client.connect(scoped(host, port))
    held["client"].append(client)
    udp[client.getsockname()[1]] = name
    if server is not None:
        client.send(b"x")
        assert server.recv(1) == b"x"
    return client


def datagrams():
    any4 = udp_server("server", "0.0.0.0", 2053)
    own = udp_server("other", "127.0.0.1", 2053)
    udp_client("127.0.0.1", 2053, own, "other")
    udp_client("127.0.0.2", 2053, any4, "server")
    udp_client("192.0.2.1", 2053, any4, "server")
    udp_client("192.0.2.9", 2053, any4, "server", ("192.0.2.1", 0))
    udp_client("203.0.113.9", 2053, None, None)
    both = udp_server("server", "::", 2054)
    udp_client("127.0.0.1", 2054, both, "server")
    udp_client("::1", 2054, both, "server")
    only = udp_server("server", "::", 2060, v6only=True)
    udp_client("127.0.0.1", 2060, None, None)
    udp_client("::1", 2060, only, "server")
    udp_client("2001:db8::9", 2060, only, "server", ("::1", 0))
    mapped = udp_server("other", "::ffff:127.0.0.1", 2055)
    udp_client("127.0.0.1", 2055, mapped, "other")
    # A server that is connected back takes what its client sends.
    listening = udp_server("server", "127.0.0.1", 2056, reuse=True)
    client = udp_client("127.0.0.1", 2056, listening, "other")
    back = new(UDP, ("127.0.0.1",), reuse=True)
    back.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    back.bind(("127.0.0.1", 2056))
    back.connect(client.getsockname())
    back.settimeout(60)
    held["other"].append(back)
    client.send(b"y")
    assert back.recv(1) == b"y"
    # One port of two processes, and two sockets of one process.
    for name in ("server", "other"):
        udp_server(name, "127.0.0.1", 2057, reuse=True)
    udp_client("127.0.0.1", 2057, None, None)
    for _ in range(2):
        udp_server("server", "127.0.0.1", 2058, reuse=True)
    udp_client("127.0.0.1", 2058, None, "server")
    # Nobody is there.
    udp_client("127.0.0.1", 2059, None, None)


def unix():
    def new_unix(kind):
        return socket.socket(socket.AF_UNIX, kind)

    for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM, socket.SOCK_SEQPACKET):
        one, other = socket.socketpair(socket.AF_UNIX, kind)
        held["client"].append(one)
        held["other"].append(other)
    listening = new_unix(socket.SOCK_STREAM)
    listening.bind("stream")
    listening.listen(4)
    held["server"].append(listening)
    client = new_unix(socket.SOCK_STREAM)
    client.connect("stream")
    held["client"].append(client)
    held["server"].append(listening.accept()[0])
    # Not accepted.
    client = new_unix(socket.SOCK_STREAM)
    client.connect("stream")
    held["client"].append(client)
    # Within one process, of a user.
    held["client"] += socket.socketpair()
    # Many send to one, which has no peer itself.
    log = new_unix(socket.SOCK_DGRAM)
    log.bind("\0log")
    held["server"].append(log)
    for name in ("client", "other"):
        sock = new_unix(socket.SOCK_DGRAM)
        sock.connect("\0log")
        held[name].append(sock)
    # Closed at one end.
    one, _closed = socket.socketpair()
    held["client"].append(one)
    # Not connected.
    held["client"].append(new_unix(socket.SOCK_STREAM))


link()
tcp()
datagrams()
unix()
pids = {
    name: processes.hold(sockets, name.encode(), NOBODY if name == "client" else None)
    for name, sockets in held.items()
}
for sockets in held.values():
    for sock in sockets:
        sock.close()
with open("peers.json.part", "w", encoding="utf-8") as file:
    json.dump({"processes": pids, "udp": udp}, file)
os.rename("peers.json.part", "peers.json")
signal.pause()
