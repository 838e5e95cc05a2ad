"""Programs that scenes start: each has a socket that is opened here and not kept here."""
import os
import signal
import socket
import subprocess
import sys


def server(port, host='0.0.0.0', kind=socket.SOCK_STREAM, **options):
    """A TCP server, or a UDP socket, at a port."""
    family = socket.AF_INET6 if ':' in host else socket.AF_INET
    sock = socket.socket(family, kind)
    for name, value in options.items():
        level = socket.IPPROTO_IPV6 if name.startswith('IPV6') else socket.SOL_SOCKET
        sock.setsockopt(level, getattr(socket, name), value)
    sock.bind((host, port))
    if kind == socket.SOCK_STREAM:
        sock.listen()
    return sock


def holding(sock, words=('sleep', '600'), executable='/usr/bin/sleep', uid=None, streams=()):
    """A program of this name that holds a socket, as its standard streams where they are named, else beside them."""
    given = {name: sock if name in streams else subprocess.DEVNULL for name in ('stdin', 'stdout', 'stderr')}
    passed = () if streams else (sock.fileno(),)

    def become():
        # The sockets of a user are made in the user's name; these are made by root and held by the user.
        if uid is not None:
            os.setresgid(uid, uid, uid)
            os.setresuid(uid, uid, uid)
    process = subprocess.Popen(list(words), executable=executable, pass_fds=passed, preexec_fn=become, **given)
    sock.close()
    return process


def python(code, name='python3', uid=None):
    """Python under another name, once it has said that its sockets are open: what it runs has to print a line."""
    def become():
        if uid is not None:
            os.setresgid(uid, uid, uid)
            os.setresuid(uid, uid, uid)
    begin = 'import signal, socket\n'
    end = '\nprint("open", flush=True)\nsignal.pause()'
    process = subprocess.Popen(
        [name, '-c', begin + code + end], executable=sys.executable, preexec_fn=become,
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
    )
    assert process.stdout.readline() == b'open\n'
    return process


def end(processes):
    for process in processes:
        process.send_signal(signal.SIGKILL)
        process.wait()
