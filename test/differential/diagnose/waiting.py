"""Waits for what the kernel does in its own time."""
import socket
import time


def until(is_so, what, seconds=90):
    ending = time.monotonic() + seconds
    while not is_so():
        if time.monotonic() > ending:
            raise TimeoutError(what)
        time.sleep(0.02)


def info(sock, at, size):
    """A number of tcp_info, which begins at a byte of it."""
    told = sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 256)
    return int.from_bytes(told[at : at + size], 'little')


def repeated(sock):
    """How often the segment that is not acknowledged was sent again."""
    return info(sock, 2, 1)


def probes(sock):
    """How many keep-alives or zero-window probes in a row got no answer."""
    return info(sock, 3, 1)


def sent_again(sock):
    """How many segments were sent again, ever."""
    return info(sock, 100, 4)


def acknowledged(sock):
    """How many bytes have arrived."""
    return info(sock, 120, 8)
