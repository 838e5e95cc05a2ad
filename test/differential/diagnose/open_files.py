"""A process with nearly as many sockets as it may open; calm: with half as many."""
import resource
import socket


def build(fault):
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (128, hard))
    return [socket.socket() for _ in range(110 if fault else 60)]
