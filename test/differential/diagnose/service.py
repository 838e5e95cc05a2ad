"""A port that nobody has while a program tries it; calm: a server with three clients."""
import socket

from programs import end, python

SERVE = '''
server = socket.create_server(("127.0.0.1", 7071), backlog=16)
ends = [socket.create_connection(("127.0.0.1", 7071)) for _ in range(3)]
accepted = [server.accept()[0] for _ in range(2)]
'''


def build(fault):
    return [] if fault else [python(SERVE, 'app')]


finish = end
