"""A port that a connection was opened from; calm: one that connections of an earlier server still have.

Either way a server without SO_REUSEADDR cannot have it, which is tried here.
"""
import errno
import socket

from programs import end, python

OPENED = '''
server = socket.create_server(("127.0.0.1", 7080))
opened = socket.socket()
opened.bind(("127.0.0.1", 7071))
opened.connect(("127.0.0.1", 7080))
'''
LEFT = '''
server = socket.socket()
server.bind(("127.0.0.1", 7071))
server.listen()
clients = [socket.create_connection(("127.0.0.1", 7071)) for _ in range(2)]
over, accepted = [server.accept()[0] for _ in range(2)]
server.close()
over.close()
clients[0].close()
'''


def build(fault):
    kept = [python(OPENED if fault else LEFT, 'app')]
    try:
        socket.socket().bind(('127.0.0.1', 7071))
    except OSError as error:
        assert error.errno == errno.EADDRINUSE
        return kept
    raise AssertionError('the port is free')


finish = end
