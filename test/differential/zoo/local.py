"""UNIX domain sockets of every type, state and kind of name."""

import os
import socket

STREAM, DGRAM, SEQPACKET = socket.SOCK_STREAM, socket.SOCK_DGRAM, socket.SOCK_SEQPACKET


def bound(kind, name, listening=False):
    """A socket bound to `name` (bytes; relative names are relative to the zoo's folder)."""
    sock = socket.socket(socket.AF_UNIX, kind)
    sock.bind(name)
    if listening:
        sock.listen(8)
    return sock


def connect_to(kind, name):
    sock = socket.socket(socket.AF_UNIX, kind)
    sock.connect(name)
    return sock


def ordinary(folder):
    """Sockets whose names netstat prints as they are, or cuts at a blank."""
    os.chdir(folder)
    here = os.fsencode(folder)
    long = here + b"/" + b"p" * (107 - len(here) - 1)
    kept = [
        bound(STREAM, here + b"/stream.sock", listening=True),
        bound(STREAM, b"relative.sock", listening=True),
        bound(SEQPACKET, here + b"/seqpacket.sock", listening=True),
        bound(STREAM, here + b"/bound-only.sock"),
        bound(DGRAM, here + b"/dgram.sock"),
        bound(STREAM, long, listening=True),
        bound(STREAM, "ünïcode-日本.sock".encode(), listening=True),
        bound(STREAM, here + b"/with blank.sock", listening=True),
        bound(DGRAM, here + b"/two  blanks and more"),
        bound(STREAM, b" leading blank", listening=True),
        bound(STREAM, b"trailing blank ", listening=True),
        bound(STREAM, b"\0abstract", listening=True),
        bound(DGRAM, b"\0abstract with blanks"),
        bound(STREAM, b"\0" + b"a" * 107, listening=True),
        bound(STREAM, b"\0in\0ner\0", listening=True),
        bound(STREAM, b"@not-abstract", listening=True),
        bound(STREAM, b"[brackets](parens):colon", listening=True),
        socket.socket(socket.AF_UNIX, STREAM),
        socket.socket(socket.AF_UNIX, DGRAM),
        socket.socket(socket.AF_UNIX, SEQPACKET),
    ]
    for kind in (STREAM, DGRAM, SEQPACKET):
        kept += socket.socketpair(socket.AF_UNIX, kind)
    for kind, name in (
        (STREAM, here + b"/stream.sock"),
        (SEQPACKET, here + b"/seqpacket.sock"),
        (DGRAM, here + b"/dgram.sock"),
        (STREAM, b"\0abstract"),
        (STREAM, here + b"/with blank.sock"),
    ):
        kept.append(connect_to(kind, name))
    kept.append(kept[0].accept()[0])
    gone = bound(STREAM, here + b"/deleted.sock", listening=True)
    os.unlink(here + b"/deleted.sock")
    # Waiting data and a full buffer show as flags where the kernel sets them.
    one, other = socket.socketpair(socket.AF_UNIX, STREAM)
    one.setblocking(False)
    try:
        while True:
            one.send(b"x" * 4096)
    except BlockingIOError:
        pass
    return [*kept, gone, one, other]


HOSTILE_NAMES = [
    b"tab\there",
    b"line\nbreak",
    b"line\n0000000000000000: 00000002 00000000 00010000 0001 01 31337 forged",
    b"return\rtrick",
    b"\x1b[31mred\x1b[0m",
    b"\x1b]0;title\x07",
    b"bell\x07",
    b"invalid \xff\xfe utf-8",
    b"c1 \xc2\x9b2J",
    b"override \xe2\x80\xaeexe.gnp",
    b"delete\x7f",
    b"\xe6\x97",
]


def hostile(folder):
    """Sockets whose names hold control characters, escape sequences, or no valid UTF-8."""
    os.chdir(folder)
    kept = [bound(STREAM, name, listening=True) for name in HOSTILE_NAMES]
    # The forged row only once: a row that comes twice is another matter.
    return kept + [bound(DGRAM, b"\0" + name) for name in HOSTILE_NAMES if b"forged" not in name]
