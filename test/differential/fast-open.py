"""Connections of TCP Fast Open whose handshake never ends: one accepted by another user, one waiting to be accepted.

    python3 fast-open.py FOLDER

It writes FOLDER/fast-open.json when they are open.
"""

import os
import signal
import socket
import subprocess
import sys
import time

PORT = 7000
OWNER, ACCEPTER = 1000, 33
TCP_FASTOPEN = 23
MSG_FASTOPEN = 0x20000000
# Clients and servers, and neither needs a cookie.
WITHOUT_COOKIES = 0x607

folder = sys.argv[1]
subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
with open("/proc/sys/net/ipv4/tcp_fastopen", "w") as setting:
    setting.write(str(WITHOUT_COOKIES))
# The last packet of the handshake never arrives.
subprocess.run(
    f"iptables -A INPUT -p tcp --dport {PORT} --tcp-flags SYN,ACK ACK -j DROP", shell=True, check=True
)
listener = socket.socket()
listener.setsockopt(socket.IPPROTO_TCP, TCP_FASTOPEN, 16)
listener.bind(("127.0.0.1", PORT))
listener.listen(16)


def client():
    sock = socket.socket()
    sock.setblocking(False)
    try:
        sock.sendto(b"hello", MSG_FASTOPEN, ("127.0.0.1", PORT))
    except BlockingIOError:
        pass
    return sock


kept = [client()]
told, telling = os.pipe()
if os.fork() == 0:
    os.setuid(ACCEPTER)
    accepted, _ = listener.accept()
    os.write(telling, b"x")
    signal.pause()
os.read(told, 1)
kept.append(client())
# As a service's whose socket was opened by another.
os.fchown(listener.fileno(), OWNER, -1)
for _ in range(500):
    with open("/proc/net/tcp") as table:
        if sum(row.split()[3] == "03" for row in table) == len(kept):
            break
    time.sleep(0.01)
with open(os.path.join(folder, "fast-open.json.new"), "w") as ready:
    ready.write("{}")
os.rename(os.path.join(folder, "fast-open.json.new"), os.path.join(folder, "fast-open.json"))
signal.pause()
