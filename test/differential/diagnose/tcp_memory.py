"""Sockets that hold memory, and limits that are lower than that; calm: the machine's own limits."""
import socket

import settings


def build(fault):
    server = socket.create_server(('127.0.0.1', 0), backlog=50)
    kept = []
    for _ in range(10):
        client = socket.create_connection(server.getsockname())
        kept.append((client, server.accept()[0]))
        client.setblocking(False)
        try:
            while True:
                client.send(b'x' * 65536)
        except BlockingIOError:
            pass
    if fault:
        settings.cover('net/ipv4/tcp_mem', '100\t200\t100000')
    return server, kept
