"""SYNs from addresses that never answer; calm: clients that finish their handshakes."""
import os
import socket

import tun

PORT = 7003


def build(fault):
    descriptor = tun.open_tun()
    from peer import SYN, segment
    server = socket.create_server((tun.OWN, PORT), backlog=1000)
    if not fault:
        return server, [socket.create_connection((tun.OWN, PORT)) for _ in range(150)]
    for number in range(150):
        source, target = (socket.inet_aton(one) for one in (f'198.18.1.{number + 1}', tun.OWN))
        os.write(descriptor, segment(source, target, (20000 + number, PORT), 1, 0, SYN, 65535))
    return server, descriptor
