"""A UDP socket with a small buffer that nobody reads; calm: one that is read."""
import socket


def build(fault):
    server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    server.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
    server.bind(('127.0.0.1', 7005))
    return server, socket.socket(socket.AF_INET, socket.SOCK_DGRAM)


def meanwhile(kept, fault):
    server, client = kept
    # Some between two readings, and fewer than very many where these are far apart.
    for _ in range(2):
        client.sendto(b'x' * 200, ('127.0.0.1', 7005))
        if not fault:
            # It comes when the kernel has the time.
            server.recv(1000)
