"""A reader that is stopped while it is sent more than it has room for; calm: the same reader at work."""
import os
import signal
import socket
import time

PORT = 7006


def build(fault):
    server = socket.create_server(('127.0.0.1', PORT))
    told, tell = os.pipe()
    reader = os.fork()
    if reader == 0:
        accepted, _ = server.accept()
        accepted.recv(65536)
        os.write(tell, b'x')
        while accepted.recv(65536):
            pass
        os._exit(0)
    client = socket.create_connection(('127.0.0.1', PORT))
    client.send(b'hello')
    # It has the connection, and reads.
    os.read(told, 1)
    if fault:
        os.kill(reader, signal.SIGSTOP)
    client.setblocking(False)
    ending = time.monotonic() + 2
    while time.monotonic() < ending:
        try:
            client.send(b'x' * 65536)
        except BlockingIOError:
            time.sleep(0.05)
    server.close()
    return client, reader


def finish(kept):
    os.kill(kept[1], signal.SIGKILL)
    os.waitpid(kept[1], 0)
