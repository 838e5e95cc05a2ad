"""A server that is gone, with a client from a port that no system assigns; calm: connections from a server's own port.

The port of the one is 40123, which the system may assign; that of the others is 20, as of FTP servers.
"""
import socket

from neighbour import neighbour
from programs import end, holding, python

CLIENT = '''
client = socket.create_connection(("10.99.0.1", 40123), source_address=("10.99.0.2", 5000))
'''
SERVERS = '''
servers = [socket.create_server(("10.99.0.2", port)) for port in (40001, 40002)]
'''
OPENED = '''
ends = []
for port in (40001, 40002):
    ends.append(socket.socket())
    ends[-1].setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    ends[-1].bind(("10.99.0.1", 20))
    ends[-1].connect(("10.99.0.2", port))
ends[0].shutdown(socket.SHUT_WR)
'''


def build(fault):
    if not fault:
        return [neighbour(SERVERS), python(OPENED, 'ftpd')]
    server = socket.create_server(('0.0.0.0', 40123))
    kept = [neighbour(CLIENT)]
    accepted = server.accept()[0]
    server.close()
    return [*kept, holding(accepted)]


finish = end
