"""Runs a command while there are handshakes of a listener that another user has opened and closed since.

    python3 closed-listener.py COMMAND...

The kernel drops them when their SYN-ACK is due again: this is repeated until they outlive the command. It prints what
netstat said before and after, and what the command said, as JSON.
"""

import json
import os
import socket
import subprocess
import sys
import time

FIRST_PORT = 7000
OWNER = 1000
NETSTAT = ["/usr/bin/netstat", "-tane"]


def output(command):
    return subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout


def handshakes(port):
    with open("/proc/net/tcp") as table:
        rows = [row.split() for row in table]
    return [row for row in rows if row[3] == "03" and row[1].endswith(":%04X" % port)]


def attempt(port):
    os.seteuid(OWNER)
    listener = socket.socket()
    listener.bind(("127.0.0.1", port))
    listener.listen(16)
    os.seteuid(0)
    clients = [socket.socket() for _ in range(3)]
    for client in clients:
        client.setblocking(False)
        client.connect_ex(("127.0.0.1", port))
    # Once it was sent again, the next time is 2 seconds off.
    for _ in range(300):
        rows = handshakes(port)
        if len(rows) == len(clients) and all(int(row[6], 16) > 0 for row in rows):
            break
        time.sleep(0.01)
    listener.close()
    before, ours, after = output(NETSTAT), output(sys.argv[1:]), output(NETSTAT)
    isWhole = len(handshakes(port)) == len(clients)
    for client in clients:
        client.close()
    return {"before": before, "ours": ours, "after": after} if isWhole else None


subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
# The last packet of the handshake never arrives.
drop = f"iptables -A INPUT -p tcp --dport {FIRST_PORT}:{FIRST_PORT + 99} --tcp-flags SYN,ACK ACK -j DROP"
subprocess.run(drop, shell=True, check=True)
for at in range(30):
    found = attempt(FIRST_PORT + at)
    if found is not None:
        break
    time.sleep(3)
subprocess.run(drop.replace("-A", "-D"), shell=True, check=True)
print(json.dumps(found))
