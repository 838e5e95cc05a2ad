"""Sockets that are closed with data that nobody reads, and a limit that is lower; calm: the machine's own limit."""
import socket

import settings


def build(fault):
    server = socket.create_server(('127.0.0.1', 0), backlog=50)
    kept = []
    for _ in range(20):
        client = socket.create_connection(server.getsockname())
        kept.append(server.accept()[0])
        client.setblocking(False)
        try:
            while True:
                client.send(b'x' * 65536)
        except BlockingIOError:
            client.close()
    if fault:
        settings.cover('net/ipv4/tcp_max_orphans', '20')
    return server, kept
