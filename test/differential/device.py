"""Sockets that are bound to interfaces, in two network namespaces whose interfaces have the same numbers.

    python3 device.py FOLDER

It writes FOLDER/device.json when all are open: {"processes": {interface or "": PID of whoever has UDP port 5353 by it},
"udp": {client's port: that interface, or null where it cannot be told who receives}}. Who receives is tried out.
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

folder = sys.argv[1]
TCP, UDP = socket.SOCK_STREAM, socket.SOCK_DGRAM
TCP_DEFER_ACCEPT = 9
kept = []


def ip(*commands):
    for command in commands:
        subprocess.run(["ip", *command.split()], check=True)


def bound(device, kind, host="0.0.0.0", port=0):
    sock = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, kind)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if device:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, device.encode() + b"\0")
    scope = (0, socket.if_nametoindex(device)) if host.startswith("fe80") else ()
    sock.bind((host, port, *scope))
    if kind == TCP:
        sock.listen()
    sock.settimeout(60)
    kept.append(sock)
    return sock


def connected(listener, host, source=None):
    client = socket.socket()
    if source:
        client.bind((source, 0))
    client.connect((host, listener.getsockname()[1]))
    kept.append(client)
    return client


def links():
    subprocess.run("mkdir -p /run/netns && mount -t tmpfs tmpfs /run/netns", shell=True, check=True)
    ip(
        "link set lo up",
        "link add v0 index 20 type veth peer name v1",
        "addr add 10.1.0.1/24 dev v0",
        "addr add 10.2.0.1/24 dev v1",
        "addr add fe80::1/64 dev v0 nodad",
        "link set v0 up",
        "link set v1 up",
        "netns add web",
        "-n web link set lo up",
        "-n web link add eth0 index 20 type veth peer name eth1",
        "-n web addr add 10.3.0.1/24 dev eth0",
        "-n web link set eth0 up",
        "-n web link set eth1 up",
    )
    network.wait_for("fe80::1")


def tcp():
    own = bound("lo", TCP, port=80)
    other = bound("v0", TCP, port=80)
    bound(None, TCP, port=81)
    bound("v1", TCP, "::", 82)
    bound("v0", TCP, "fe80::1", 83)
    connected(own, "127.0.0.1")
    kept.append(own.accept()[0])
    # Whoever closes first has it in TIME_WAIT.
    client = connected(other, "10.1.0.1", "10.1.0.1")
    accepted, _ = other.accept()
    accepted.close()
    client.close()
    # Half-open until data comes.
    waiting = bound("lo", TCP, port=84)
    waiting.setsockopt(socket.IPPROTO_TCP, TCP_DEFER_ACCEPT, 600)
    connected(waiting, "127.0.0.1")
    # Of one that is gone the number is left.
    ip("link add gone type veth peer name gone1")
    bound("gone", TCP, port=85)
    ip("link del gone")


def udp():
    servers = {device or "": bound(device, UDP, port=5353) for device in ("lo", "v0", "v1", None)}
    lonely = bound("v0", UDP, port=5354)
    told = {}

    def client(host, server, expected, device=None, port=5353):
        sock = bound(device, UDP, "0.0.0.0")
        sock.connect((host, port))
        sock.send(b"x")
        assert server.recv(1) == b"x"
        told[sock.getsockname()[1]] = expected

    client("127.0.0.1", servers["lo"], "lo")
    client("127.0.0.9", servers["lo"], "lo")
    # Nothing in the tables says whose an address is.
    client("10.1.0.1", servers["v0"], None)
    client("10.1.0.1", lonely, None, port=5354)
    client("10.2.0.1", servers["v1"], "v1", "v1")
    pids = {}
    for name, sock in servers.items():
        pids[name] = processes.hold([sock], f"server-{name}".encode())
        sock.close()
        kept.remove(sock)
    return pids, told


def inside():
    """A process in the other namespace, with sockets there."""
    pid = os.fork()
    if pid:
        return
    processes.die_with_parent()
    with open("/run/netns/web") as file:
        processes.libc.setns(file.fileno(), 0)
    kept.clear()
    bound("eth0", TCP, port=80)
    bound("eth1", TCP, port=80)
    bound("lo", TCP, port=81)
    open(f"{folder}/inside", "w").close()
    signal.pause()


links()
tcp()
pids, told = udp()
inside()
network_ready = f"{folder}/inside"
while not os.path.exists(network_ready):
    signal.sigtimedwait([signal.SIGUSR1], 0.05)
with open(f"{folder}/device.new", "w", encoding="ascii") as file:
    json.dump({"processes": pids, "udp": told}, file)
os.rename(f"{folder}/device.new", f"{folder}/device.json")
signal.pause()
