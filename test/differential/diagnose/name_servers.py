"""A resolv.conf that names a resolver of this machine, which does not run; calm: it runs."""
import socket
import subprocess

from network import gateway, links

SERVERS = 'nameserver 127.0.0.53\noptions edns0\n'


def put(text):
    with open('/mnt/resolv.conf', 'w', encoding='ascii') as file:
        file.write(text)
    subprocess.run(['mount', '--bind', '/mnt/resolv.conf', '/etc/resolv.conf'], check=True)


def build(fault):
    links()
    gateway()
    put(SERVERS)
    if fault:
        return None
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.bind(('127.0.0.53', 53))
    return sock


def finish(_kept):
    subprocess.run(['umount', '/etc/resolv.conf'], check=True)
