"""A server at a UNIX socket that accepts no connection; calm: there is room for more."""
import socket

BACKLOG = 20


def build(fault):
    server = socket.socket(socket.AF_UNIX)
    server.bind('\0tsnetstat accept queue')
    server.listen(BACKLOG)
    clients = []
    for _ in range(BACKLOG + 1 if fault else 5):
        client = socket.socket(socket.AF_UNIX)
        client.connect('\0tsnetstat accept queue')
        clients.append(client)
    if fault:
        late = socket.socket(socket.AF_UNIX)
        late.setblocking(False)
        try:
            late.connect('\0tsnetstat accept queue')
        except BlockingIOError:
            return server, clients
        raise AssertionError('the queue has room')
    return server, clients
