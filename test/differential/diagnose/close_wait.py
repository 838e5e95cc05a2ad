"""A program that does not close what its clients have closed; calm: one that does, and a few on their way."""
import socket


def build(fault):
    server = socket.create_server(('127.0.0.1', 7002), backlog=100)
    kept = []
    for number in range(40):
        client = socket.create_connection(('127.0.0.1', 7002))
        accepted, _ = server.accept()
        client.close()
        if fault or number < 5:
            kept.append(accepted)
        else:
            accepted.close()
    return server, kept
