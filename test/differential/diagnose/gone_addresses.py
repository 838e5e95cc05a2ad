"""Servers at addresses and on an interface that are removed once they listen; calm: they stay."""
import socket

import network
from network import ip

TCP, UDP = socket.SOCK_STREAM, socket.SOCK_DGRAM
IP_FREEBIND = 15


def server(port, host, kind=TCP, device=None, free=False):
    sock = socket.socket(socket.AF_INET6 if ':' in host else socket.AF_INET, kind)
    if free:
        sock.setsockopt(socket.IPPROTO_IP, IP_FREEBIND, 1)
    if device:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, device.encode())
    sock.bind((host, port))
    if kind == TCP:
        sock.listen()
    return sock


def build(fault):
    network.links()
    ip('link', 'add', 'leaving', 'type', 'veth', 'peer', 'name', 'left')
    ip('addr', 'add', '192.0.2.9/24', 'dev', 'eth0')
    for address in '2001:db8::1', '2001:db8::9':
        ip('addr', 'add', f'{address}/64', 'dev', 'eth0', 'nodad')
    ip('route', 'add', 'local', '198.51.100.0/24', 'dev', 'lo')
    ip('route', 'add', 'local', '2001:db8:99::/64', 'dev', 'lo')
    kept = [
        # Those that are gone.
        server(7101, '192.0.2.9'),
        server(7102, '::ffff:192.0.2.9'),
        server(7103, '192.0.2.9', UDP),
        server(7104, '2001:db8::9'),
        server(7105, '2001:db8::9', UDP),
        server(7106, '0.0.0.0', device='leaving'),
        server(7107, '192.0.2.9', device='eth0'),
        # Those that are reached.
        server(7201, '192.0.2.1'),
        server(7202, '2001:db8::1'),
        server(7203, '198.51.100.7'),
        server(7204, '2001:db8:99::7', free=True),
        server(7205, '0.0.0.0', device='eth0'),
        server(7206, '::'),
        server(7207, '224.0.0.251', UDP),
        server(7208, '192.0.2.255', UDP),
        server(7209, '255.255.255.255', UDP),
        server(7210, 'ff0e::fb', UDP),
        server(7211, '::ffff:192.0.2.1'),
    ]
    if fault:
        kept.append(server(7108, '203.0.113.5', free=True))
        ip('addr', 'del', '192.0.2.9/24', 'dev', 'eth0')
        ip('addr', 'del', '2001:db8::9/64', 'dev', 'eth0')
        ip('link', 'del', 'leaving')
    return kept
