"""UDP sockets have all of 50 local ports; calm: 30 of them. Run as a program, it says how sendto(2) ends."""
import errno
import socket
import sys

SERVER = ('127.0.0.1', 7045)


def datagrams():
    return socket.socket(socket.AF_INET, socket.SOCK_DGRAM)


def build(fault):
    with open('/proc/sys/net/ipv4/ip_local_port_range', 'w') as setting:
        setting.write('40000 40049')
    kept = [datagrams() for _ in range(50 if fault else 30)]
    for one in kept:
        one.connect(SERVER)
    return kept


if __name__ == '__main__':
    try:
        datagrams().sendto(b'x', SERVER)
        sys.stdout.write('succeeds\n')
    except OSError as error:
        sys.stdout.write(f'{errno.errorcode[error.errno]}\n')
