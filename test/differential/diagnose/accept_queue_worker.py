"""Four sockets of a server at one port (SO_REUSEPORT), one of which accepts nothing; calm: all accept."""
import socket
import threading

BACKLOG = 8


def build(fault):
    servers = []
    for _ in range(4):
        server = socket.socket()
        server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        server.bind(('127.0.0.1', 7018))
        server.listen(BACKLOG)
        servers.append(server)
    accepted = []

    def accept(server):
        while True:
            accepted.append(server.accept())

    for server in servers[1 if fault else 0 :]:
        threading.Thread(target=accept, args=(server,), daemon=True).start()
    clients = []
    # Which socket a client gets is decided by its port. Those of the first one soon wait in vain.
    for _ in range(120):
        client = socket.socket()
        client.settimeout(0.05)
        client.connect_ex(('127.0.0.1', 7018))
        clients.append(client)
    return servers, accepted, clients
