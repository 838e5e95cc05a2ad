"""A program that has a port and does not listen; calm: it does."""
import socket

from programs import holding


def build(fault):
    sock = socket.socket()
    sock.bind(('127.0.0.1', 7071))
    if not fault:
        sock.listen()
    return holding(sock)


def finish(process):
    process.kill()
    process.wait()
