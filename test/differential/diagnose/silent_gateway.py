"""A gateway that does not answer ARP; calm: one whose hardware address is known."""
from network import gateway, links, speak


def build(fault):
    links()
    gateway(answers=not fault)
    speak()


def meanwhile(_kept, _fault):
    speak()
