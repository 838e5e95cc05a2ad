"""Processes that hold sockets under awkward names, users, and numbers."""

import ctypes
import os
import signal

SLEEP = "/usr/bin/sleep"
PR_SET_PDEATHSIG, PR_SET_MM, PR_SET_MM_ARG_END = 1, 35, 9
libc = ctypes.CDLL(None, use_errno=True)
prctl = libc.prctl
prctl.argtypes = [ctypes.c_int] + [ctypes.c_ulong] * 4


def become_sleep(argv0):
    """Replaces this process; unlike os.execv it lets argv[0] be empty."""
    arguments = (ctypes.c_char_p * 3)(argv0, b"infinity", None)
    libc.execv(SLEEP.encode(), arguments)
    raise OSError(ctypes.get_errno(), SLEEP)


def die_with_parent():
    prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


def next_pid(number):
    """Makes the next process of this PID namespace get `number`, where the kernel allows it."""
    try:
        with open("/proc/sys/kernel/ns_last_pid", "w", encoding="ascii") as file:
            file.write(str(number - 1))
    except OSError:
        pass


def hold(sockets, argv0, uid=None):
    """A process named `argv0` (bytes) that holds `sockets`, and no others, and sleeps. Returns its PID."""
    # Closed once it has become what it is to be.
    begun, begins = os.pipe()
    pid = os.fork()
    if pid:
        os.close(begins)
        os.read(begun, 1)
        os.close(begun)
        return pid
    try:
        for sock in sockets:
            os.set_inheritable(sock.fileno(), True)
        if uid is not None:
            os.setgroups([])
            os.setresgid(uid, uid, uid)
            os.setresuid(uid, uid, uid)
        die_with_parent()
        become_sleep(argv0)
    finally:
        os._exit(127)


def hold_nameless(sockets):
    """A process with an empty command line, as kernel threads have. Returns its PID."""
    ready, done = os.pipe()
    pid = os.fork()
    if pid:
        os.close(done)
        os.read(ready, 1)
        os.close(ready)
        return pid
    try:
        die_with_parent()
        with open("/proc/self/stat", encoding="ascii", errors="replace") as file:
            arg_start = int(file.read().rpartition(")")[2].split()[45])
        prctl(PR_SET_MM, PR_SET_MM_ARG_END, arg_start, 0, 0)
        keep = {sock.fileno() for sock in sockets}
        os.write(done, b"!")
        for fd in os.listdir("/proc/self/fd"):
            if int(fd) > 2 and int(fd) not in keep:
                try:
                    os.close(int(fd))
                except OSError:
                    pass
        while True:
            signal.pause()
    finally:
        os._exit(127)


def zombie():
    """A process that has ended and is not waited for. Returns its PID."""
    pid = os.fork()
    if pid == 0:
        os._exit(0)
    return pid
