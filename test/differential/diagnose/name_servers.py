"""A resolv.conf that names a resolver of this machine, which takes IPv6 only; calm: it takes IPv4 too."""
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
    sock = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
    sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, fault)
    sock.bind(('::', 53))
    return sock


def finish(_kept):
    subprocess.run(['umount', '/etc/resolv.conf'], check=True)
