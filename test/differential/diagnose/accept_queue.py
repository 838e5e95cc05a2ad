"""A server whose program does not accept; calm: the same server, with a few connections to accept."""
import socket

BACKLOG = 20


def build(fault):
    server = socket.socket()
    server.bind(('127.0.0.1', 7001))
    server.listen(BACKLOG)
    clients = []
    for _ in range(BACKLOG + 4 if fault else 5):
        client = socket.socket()
        client.setblocking(False)
        client.connect_ex(('127.0.0.1', 7001))
        clients.append(client)
    return server, clients
