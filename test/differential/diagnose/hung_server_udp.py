"""A UDP server that does not read the packets of its clients; calm: it reads them."""
import socket

PORT = 7018


def build(fault):
    server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    server.bind(('127.0.0.1', PORT))
    client = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    for _ in range(40):
        client.sendto(b'x' * 60, ('127.0.0.1', PORT))
    if not fault:
        for _ in range(40):
            server.recv(100)
    return server, client
