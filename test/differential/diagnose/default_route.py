"""An interface with an address and no default route; calm: with one."""
from network import gateway, links


def build(fault):
    links()
    if not fault:
        gateway()
