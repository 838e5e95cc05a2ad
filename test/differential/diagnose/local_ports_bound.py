"""All of 50 local ports are bound, and then connected to three destinations; calm: 60 connections there are bound to the
address alone, so that they share ports. Run as a program, it says how bind(2) and connect(2) to another destination
end."""
import errno
import socket
import sys

FIRST = 7041
ADDRESS = '127.0.0.1'
# IP_BIND_ADDRESS_NO_PORT, which Python does not name.
WITHOUT_PORT = 24


def client(destination, binds=False, shares=False):
    one = socket.socket()
    if shares:
        one.setsockopt(socket.SOL_IP, WITHOUT_PORT, 1)
    if binds:
        one.bind((ADDRESS, 0))
    one.connect((ADDRESS, destination))
    return one


def build(fault):
    with open('/proc/sys/net/ipv4/ip_local_port_range', 'w') as setting:
        setting.write('40000 40049')
    kept = [socket.create_server((ADDRESS, FIRST + number), backlog=100) for number in range(4)]
    for number in range(50 if fault else 60):
        kept.append(client(FIRST + number % 3, binds=True, shares=not fault))
    return kept


def outcome(binds):
    try:
        client(FIRST + 3, binds)
        return 'succeeds'
    except OSError as error:
        return errno.errorcode[error.errno]


if __name__ == '__main__':
    sys.stdout.write(f'{outcome(True)} {outcome(False)}\n')
