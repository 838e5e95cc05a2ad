"""A default route over an interface whose other end is off; calm: it is on."""
from network import gateway, links


def build(fault):
    links(peer='down' if fault else 'up')
    gateway()
