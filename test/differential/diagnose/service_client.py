"""A client of the port of another machine; nobody listens at that port here."""
from neighbour import neighbour
from programs import end, python

SERVER = 'server = socket.create_server(("10.99.0.2", 7071))'
CLIENT = '''
ends = [socket.create_connection(("10.99.0.2", 7071)) for _ in range(3)]
'''


def build(fault):
    return [neighbour(SERVER), python(CLIENT, 'app')]


finish = end
