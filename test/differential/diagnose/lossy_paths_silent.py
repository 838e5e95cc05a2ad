"""An address that answers nothing any more; calm: it answers."""
import socket
import subprocess

from waiting import repeated, until

PORT = 7008
RULES = 'table ip loss { chain input { type filter hook input priority 0; tcp dport %d drop; }; }'


def build(fault):
    server = socket.create_server(('127.0.0.8', PORT))
    kept = []
    for _ in range(3):
        client = socket.create_connection(('127.0.0.8', PORT))
        kept.append((client, server.accept()[0]))
    if fault:
        subprocess.run(['nft', '-f', '-'], input=RULES % PORT, text=True, check=True)
    for client, _ in kept:
        client.send(b'are you there?')
    if fault:
        until(lambda: all(repeated(client) >= 3 for client, _ in kept), 'nothing is sent again')
    else:
        for _, accepted in kept:
            accepted.recv(100)
    return server, kept
