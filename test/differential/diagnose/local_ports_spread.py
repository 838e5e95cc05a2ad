"""All of 50 local ports are bound, 30 at one address and 20 at another; calm: 30 of them at both. Run as a program, it says
how bind(2) to a third address and connect(2) alone, to another destination, end."""
import errno
import socket
import sys

SERVER = ('127.0.0.1', 7041)
FIRST = 40000


def client(local=None, destination=SERVER):
    one = socket.socket()
    if local is not None:
        one.bind(local)
    one.connect(destination)
    return one


def build(fault):
    with open('/proc/sys/net/ipv4/ip_local_port_range', 'w') as setting:
        setting.write(f'{FIRST} {FIRST + 49}')
    kept = [socket.create_server(('127.0.0.1', 7041 + number), backlog=100) for number in range(2)]
    kept += [client(('127.0.0.2', FIRST + number)) for number in range(30)]
    second = range(30, 50) if fault else range(20)
    return kept + [client(('127.0.0.3', FIRST + number)) for number in second]


def outcome(local):
    try:
        client(local, ('127.0.0.1', 7042))
        return 'succeeds'
    except OSError as error:
        return errno.errorcode[error.errno]


if __name__ == '__main__':
    sys.stdout.write(f"{outcome(('127.0.0.4', 0))} {outcome(None)}\n")
