"""
A network namespace for metrics: servers, and as many connections as are asked for.

Lines on standard input, each answered with `done`:
  open N   opens N connections to the server at port 8080 and has each carry some bytes
  close    ends them, by a reset: nothing of them is left
  tw N     leaves N connections in TIME_WAIT
"""
import os
import resource
import socket
import struct
import subprocess
import sys

_, most = resource.getrlimit(resource.RLIMIT_NOFILE)
resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "zoo"))
import network

network.leave_others()
subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
kept = []
RESET = struct.pack("ii", 1, 0)


def server(family, address, port, backlog=4096):
    made = socket.socket(family, socket.SOCK_STREAM)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if family == socket.AF_INET6:
        made.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
    made.bind((address, port))
    made.listen(backlog)
    kept.append(made)
    return made


def datagrams(address, port):
    made = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    made.bind((address, port))
    kept.append(made)


def client(address, port, own=None):
    made = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    if own is not None:
        made.setsockopt(socket.IPPROTO_IP, 24, 1)  # IP_BIND_ADDRESS_NO_PORT
        made.bind((own, 0))
    made.connect((address, port))
    return made


# A queue that nobody empties, and connections that wait in it.
server(socket.AF_INET, "127.0.0.1", 7001, 20)
kept.extend(client("127.0.0.1", 7001) for _ in range(15))
web = server(socket.AF_INET6, "::", 8080)
# What the system gave a port: no service.
server(socket.AF_INET, "127.0.0.1", 0)
datagrams("127.0.0.1", 0)
datagrams("0.0.0.0", 5300)
# Connections whose other end has closed.
closing = server(socket.AF_INET, "127.0.0.1", 7002)
for _ in range(3):
    client("127.0.0.1", 7002).close()
    kept.append(closing.accept()[0])
# A program that calls itself what it likes.
name = 'evil"name\\with\x1bc' + "x" * 20 + "\n# HELP lies \x1b[31m" + "x" * 100
listening = server(socket.AF_INET, "127.0.0.1", 7003)
os.set_inheritable(listening.fileno(), True)
evil = subprocess.Popen(
    [name, "-c", "import sys; sys.stdin.read()"],
    executable=sys.executable,
    stdin=subprocess.PIPE,
    close_fds=False,
)
listening.close()
kept.remove(listening)

connections = []


def open_many(count):
    for at in range(count):
        # Every client has an address of its own, as on a server.
        one = client("127.0.0.1", 8080, f"127.1.{at >> 8 & 255}.{at & 255 or 1}")
        other, _ = web.accept()
        for end in (one, other):
            end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
        one.sendall(b"x" * 100)
        other.recv(100)
        other.sendall(b"y" * 100)
        one.recv(100)
        connections.extend((one, other))


def time_wait(count):
    for _ in range(count):
        one = client("127.0.0.1", 8080)
        other, _ = web.accept()
        one.close()
        other.close()


print("ready", flush=True)
for line in sys.stdin:
    word, _, count = line.strip().partition(" ")
    if word == "open":
        open_many(int(count))
    elif word == "tw":
        time_wait(int(count))
    else:
        while connections:
            connections.pop().close()
    print("done", flush=True)
evil.kill()
