"""A program that shuts its sending side alone, and peers that never close; calm: both close."""
import socket

PORT = 7009


def build(fault):
    server = socket.create_server(('127.0.0.1', PORT), backlog=100)
    kept = []
    for _ in range(30):
        client = socket.create_connection(('127.0.0.1', PORT))
        accepted, _ = server.accept()
        client.shutdown(socket.SHUT_WR)
        if fault:
            kept.append((client, accepted))
        else:
            accepted.close()
            client.close()
    return server, kept
