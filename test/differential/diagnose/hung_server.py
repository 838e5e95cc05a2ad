"""A server that is busy with something else while clients connect, some of which give up; calm: it accepts them."""
import os
import signal
import socket

PORT = 7017


def build(fault):
    server = socket.create_server(('127.0.0.1', PORT), backlog=100)
    told, tell = os.pipe()
    worker = os.fork()
    if worker == 0:
        kept = []
        if fault:
            signal.pause()
        while True:
            kept.append(server.accept())
            os.write(tell, b'x')
    clients = [socket.create_connection(('127.0.0.1', PORT)) for _ in range(6)]
    for client in clients[4:]:
        client.close()
    if not fault:
        for _ in clients:
            os.read(told, 1)
    return server, clients, worker


def finish(kept):
    os.kill(kept[2], signal.SIGKILL)
    os.waitpid(kept[2], 0)
