"""A server that closes connections whose peers are gone; calm: they answer."""
import socket
import subprocess
import time

PORT = 7010
RULES = 'table ip loss { chain input { type filter hook input priority 0; tcp sport %d drop; }; }'


def build(fault):
    server = socket.create_server(('127.0.0.1', PORT), backlog=100)
    kept = []
    for _ in range(30):
        client = socket.create_connection(('127.0.0.1', PORT))
        kept.append((client, server.accept()[0]))
    if fault:
        subprocess.run(['nft', '-f', '-'], input=RULES % PORT, text=True, check=True)
    for _, accepted in kept:
        accepted.close()
    time.sleep(3 if fault else 0.2)
    if not fault:
        for client, _ in kept:
            client.close()
    return server, kept
