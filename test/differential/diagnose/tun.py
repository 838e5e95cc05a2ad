"""A TUN device to a network of our own: what is sent there stays with whoever reads it."""
import fcntl
import os
import struct
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'zoo'))

OWN = '198.18.0.1'


def open_tun():
    """Its descriptor; the machine is 198.18.0.1/16 on it."""
    descriptor = os.open('/dev/net/tun', os.O_RDWR)
    fcntl.ioctl(descriptor, 0x400454CA, struct.pack('16sH22x', b'tun0', 0x1001))
    for command in ('link set tun0 up', f'addr add {OWN}/16 dev tun0'):
        subprocess.run(['ip', *command.split()], check=True)
    return descriptor
