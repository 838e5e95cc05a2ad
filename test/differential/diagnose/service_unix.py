"""A program with UNIX sockets alone; calm: it has a TCP server too."""
from programs import end, python

SERVER = '''
local = socket.socket(socket.AF_UNIX)
local.bind("\\0app")
local.listen()
'''
TCP = '''
server = socket.create_server(("127.0.0.1", 7071))
'''


def build(fault):
    return [python(SERVER if fault else SERVER + TCP, 'app')]


finish = end
