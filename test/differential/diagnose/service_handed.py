"""A program that was handed a connection, as by inetd, which goes on listening; it also opened one."""
import socket
import subprocess

from programs import end

WORKER = '''
import signal, socket
opened = socket.create_connection(("127.0.0.1", 7080))
print("open", flush=True)
signal.pause()
'''


def build(fault):
    global servers, client
    servers = [socket.create_server(('127.0.0.1', port)) for port in (7071, 7080)]
    client = socket.create_connection(('127.0.0.1', 7071))
    handed, _ = servers[0].accept()
    worker = subprocess.Popen(
        ['app', '-c', WORKER], executable='/usr/bin/python3', stdin=handed, stdout=subprocess.PIPE,
    )
    handed.close()
    assert worker.stdout.readline() == b'open\n'
    return [worker]


finish = end
