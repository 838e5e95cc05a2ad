"""A UDP socket with a small buffer that nobody reads; calm: one that is read."""
import socket


def build(fault):
    server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    server.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
    server.bind(('127.0.0.1', 7005))
    server.setblocking(False)
    return server, socket.socket(socket.AF_INET, socket.SOCK_DGRAM)


def meanwhile(kept, fault):
    server, client = kept
    for _ in range(20):
        client.sendto(b'x' * 200, ('127.0.0.1', 7005))
        if not fault:
            server.recv(1000)
