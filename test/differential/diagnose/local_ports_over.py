"""Connections of a client that closes first: all but two of 50 local ports are in TIME_WAIT. TW_REUSE is
net.ipv4.tcp_tw_reuse. Run as a program, it connects some more, and prints how many succeed."""
import os
import socket
import sys
import time

SERVER = ('127.0.0.2', 7004)


def build(fault):
    for name, value in (('ip_local_port_range', '40000 40049'), ('tcp_tw_reuse', os.environ['TW_REUSE'])):
        with open(f'/proc/sys/net/ipv4/{name}', 'w') as setting:
            setting.write(value)
    server = socket.create_server(SERVER, backlog=100)
    for _ in range(48 if fault else 20):
        client = socket.create_connection(SERVER)
        accepted, _ = server.accept()
        client.close()
        accepted.close()
    # Younger ones are not reused.
    time.sleep(2.1)
    return server


def connected(count):
    number = 0
    for _ in range(count):
        try:
            socket.create_connection(SERVER)
            number += 1
        except OSError:
            pass
    return number


if __name__ == '__main__':
    sys.stdout.write(f'{connected(30)}\n')
