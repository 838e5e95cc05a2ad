"""A network of two interfaces that are each other's end, and what is wrong with the way out of it."""
import socket
import subprocess

from waiting import until


def ip(*words):
    subprocess.run(['ip', *words], check=True)


def links(address='192.0.2.1/24', peer='up'):
    ip('link', 'add', 'eth0', 'type', 'veth', 'peer', 'name', 'switch')
    ip('link', 'set', 'switch', peer)
    ip('link', 'set', 'eth0', 'up')
    ip('addr', 'add', address, 'dev', 'eth0')
    # The kernel tells of the carrier a moment later.
    sign = 'NO-CARRIER' if peer == 'down' else 'LOWER_UP'
    until(lambda: sign in flags() and ('state UP' in flags()) == (peer == 'up'), 'the carrier is as it was')


def flags():
    shown = subprocess.run(['ip', '-o', 'link', 'show', 'eth0'], check=True, stdout=subprocess.PIPE, text=True)
    return shown.stdout


def gateway(answers=True):
    ip('route', 'add', 'default', 'via', '192.0.2.254', 'dev', 'eth0')
    if answers:
        ip('neigh', 'replace', '192.0.2.254', 'lladdr', '02:00:00:00:00:01', 'dev', 'eth0')


def speak():
    """Sends something by the default route, so that the gateway is asked for."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        try:
            sock.sendto(b'x', ('203.0.113.7', 9))
        except OSError:
            pass
