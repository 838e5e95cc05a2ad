"""Two sockets of a server at one port (SO_REUSEPORT) of which the program accepts no connection; calm: a few wait."""
import socket

BACKLOG = 20


def build(fault):
    servers = []
    for _ in range(2):
        server = socket.socket()
        server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        server.bind(('127.0.0.1', 7011))
        server.listen(BACKLOG)
        servers.append(server)
    clients = []
    # Which socket a client gets is decided by its port: so many fill both.
    for _ in range(200 if fault else 5):
        client = socket.socket()
        client.setblocking(False)
        client.connect_ex(('127.0.0.1', 7011))
        clients.append(client)
    return servers, clients
