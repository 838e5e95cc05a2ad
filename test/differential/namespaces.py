"""Sockets in several network namespaces, for --all-netns.

    python3 namespaces.py FOLDER

It makes the namespaces `web` and `db` of `ip netns` with a link between them, `plain` (unshare -n) and `nested`
(with user and PID namespaces of its own) that nothing names, and `held`, which a mount at FOLDER/held alone
holds. All but the last have sockets with the same addresses. FOLDER/namespaces.json says, when all are open,
the PID of the process in each: {"web": 12, ...}.
"""

import json
import os
import signal
import socket
import subprocess
import sys
import time

folder, *roles = sys.argv[1:]
TCP, UDP = socket.SOCK_STREAM, socket.SOCK_DGRAM
held = []


def bound(kind, address, port):
    one = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, kind)
    one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    one.bind((address, port))
    held.append(one)
    return one


def connected(kind, here, there):
    one = bound(kind, *here)
    one.connect(there)
    return one


def loopback_pair():
    server = bound(TCP, "127.0.0.1", 8080)
    server.listen(5)
    connected(TCP, ("127.0.0.1", 40000), ("127.0.0.1", 8080))
    held.append(server.accept()[0])


def db():
    server = bound(TCP, "192.0.2.2", 5432)
    server.listen(5)
    bound(UDP, "192.0.2.2", 53)
    bound(UDP, "0.0.0.0", 5353)
    loopback_pair()
    # From here on the client may come.
    ready("db")
    held.append(server.accept()[0])


def web():
    connected(TCP, ("192.0.2.1", 41000), ("192.0.2.2", 5432))
    connected(UDP, ("192.0.2.1", 41001), ("192.0.2.2", 53))
    connected(UDP, ("192.0.2.1", 41002), ("192.0.2.2", 5353))
    loopback_pair()


def plain():
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    loopback_pair()
    bound(UDP, "127.0.0.1", 7000)
    bound(TCP, "::", 7001).listen(3)
    names = socket.socket(socket.AF_UNIX)
    names.bind("\0only-here")
    names.listen(1)
    held.append(names)


def nested():
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    loopback_pair()
    bound(TCP, "127.0.0.1", 9000).listen(3)


def ready(role):
    open(os.path.join(folder, role + ".ready"), "w").close()


def started(role, command):
    child = subprocess.Popen([*command, sys.executable, "-B", __file__, folder, role])
    while not os.path.exists(os.path.join(folder, role + ".ready")):
        if child.poll() is not None:
            raise SystemExit(role + " ended")
        time.sleep(0.01)
    return child.pid


def child_of(pid):
    with open(f"/proc/{pid}/task/{pid}/children") as children:
        return int(children.read().split()[0])


def main():
    # Names of this world's own: those of the machine stay what they are.
    os.makedirs("/run/netns", exist_ok=True)
    held_file = os.path.join(folder, "held")
    open(held_file, "w").close()
    for command in (
        "mount -t tmpfs none /run/netns",
        "ip netns add web",
        "ip netns add db",
        "ip -n web link set lo up",
        "ip -n db link set lo up",
        "ip -n web link add v0 type veth peer name v0 netns db",
        "ip -n web addr add 192.0.2.1/24 dev v0",
        "ip -n db addr add 192.0.2.2/24 dev v0",
        "ip -n web link set v0 up",
        "ip -n db link set v0 up",
        "ip link set lo up",
        f"unshare --net={held_file} ip link set lo up",
    ):
        subprocess.run(command.split(), check=True)
    loopback_pair()
    pids = {"own": os.getpid()}
    pids["db"] = started("db", ["ip", "netns", "exec", "db"])
    pids["web"] = started("web", ["ip", "netns", "exec", "web"])
    pids["plain"] = started("plain", ["unshare", "--net"])
    outer = started("nested", ["unshare", "--user", "--map-root-user", "--pid", "--net", "--fork"])
    pids["nested"] = child_of(outer)
    written = os.path.join(folder, "namespaces.json")
    with open(written + ".new", "w") as told:
        json.dump(pids, told)
    os.rename(written + ".new", written)


if roles:
    {"db": db, "web": web, "plain": plain, "nested": nested}[roles[0]]()
    ready(roles[0])
else:
    main()
signal.pause()
