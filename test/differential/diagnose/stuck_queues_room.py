"""A program that has not read a request yet, for which its buffer has room; calm: it has read it."""
import socket
import time

PORT = 7015
REQUEST = b'x' * 20_000


def build(fault):
    server = socket.create_server(('127.0.0.1', PORT))
    client = socket.create_connection(('127.0.0.1', PORT))
    accepted, _ = server.accept()
    client.sendall(REQUEST)
    if not fault:
        accepted.recv(len(REQUEST), socket.MSG_WAITALL)
    # The time of silence that is set.
    time.sleep(1.5)
    return server, client, accepted
