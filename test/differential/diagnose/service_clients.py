"""A server whose clients are three programs, of which the one with the fewest connections comes first."""
from programs import end, python

SERVER = '''
server = socket.create_server(("127.0.0.1", 7071), backlog=200)
'''
CLIENT = '''
ends = [socket.create_connection(("127.0.0.1", 7071)) for _ in range({count})]
'''


def build(fault):
    clients = [('few', 3), ('most', 60), ('more', 40)]
    return [python(SERVER, 'app'), *(python(CLIENT.format(count=count), name) for name, count in clients)]


finish = end
