"""Clients of a server of this machine that is gone; calm: of another machine's, while nobody listens at that port here."""
import socket
import subprocess

from neighbour import neighbour
from programs import end, holding, python

SERVER = 'server = socket.create_server(("10.99.0.2", 7071))'
CLIENT = '''
ends = [socket.create_connection(("10.99.0.2", 7071)) for _ in range(3)]
'''


def gone():
    """Both ends are at addresses of this machine, which are not the same."""
    for address in ('10.98.0.1/32', '10.98.0.2/32'):
        subprocess.run(['ip', 'address', 'add', address, 'dev', 'lo'], check=True)
    with socket.create_server(('10.98.0.2', 7071)) as server:
        kept = [
            holding(socket.create_connection(('10.98.0.2', 7071), source_address=('10.98.0.1', 0)))
            for _ in range(3)
        ]
        for _ in kept:
            server.accept()[0].close()
    return kept


def build(fault):
    if fault:
        return gone()
    return [neighbour(SERVER), python(CLIENT, 'app')]


finish = end
