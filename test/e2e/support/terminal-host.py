"""Runs a program as a shell's job on a pseudo-terminal, and lets another program play the person before it.

usage: terminal-host.py ROWS COLUMNS [--behind] PROGRAM [ARGUMENT...]

With --behind the program starts as a job in the background.

Standard output is what the program writes to its terminal. Standard input has commands, one a line:
  type HEX         bytes typed
  size ROWS COLS   the terminal has another size
  kill NAME        a signal for the program, as SIGTERM
  fg               a stopped program goes on in the foreground
  bg               it goes on in the background
  hold, release    the terminal takes nothing, or all again
  slow BYTES       it takes so many bytes each 50 milliseconds
  hang             the terminal goes away
Standard error says, a line each: `pid N`, `stopped MODE`, `exit STATUS MODE`; MODE is the terminal's, as the
shell finds it: `cooked` or `raw`; STATUS is the exit code, or 128 + the signal.
"""
import fcntl
import os
import pty
import resource
import select
import signal
import struct
import sys
import termios
import time


def mode(fd):
    try:
        local = termios.tcgetattr(fd)[3]
    except termios.error:
        return "gone"
    wanted = termios.ECHO | termios.ICANON | termios.ISIG
    return "cooked" if local & wanted == wanted else "raw"


def say(line):
    os.write(2, (line + "\n").encode())


def size(fd, rows, columns):
    fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))


def shell(rows, columns, command, errors, orders):
    """The session's leader: it starts the program as a job in the foreground and waits for it."""
    size(0, rows, columns)
    signal.signal(signal.SIGTTOU, signal.SIG_IGN)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    os.set_blocking(orders, True)
    is_behind = command[0] == "--behind"
    if is_behind:
        command = command[1:]
    job = os.fork()
    if job == 0:
        os.setpgid(0, 0)
        if not is_behind:
            os.tcsetpgrp(0, os.getpid())
        signal.signal(signal.SIGTTOU, signal.SIG_DFL)
        signal.signal(signal.SIGHUP, signal.SIG_DFL)
        os.close(errors)
        os.close(orders)
        # No image of what SIGQUIT ends.
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        os.execvp(command[0], command)
    try:
        os.setpgid(job, job)
    except OSError:
        pass
    tell = lambda line: os.write(errors, (line + "\n").encode())
    tell("pid %d" % job)
    while True:
        _, status = os.waitpid(job, os.WUNTRACED)
        try:
            os.tcsetpgrp(0, os.getpgrp())
        except OSError:
            pass
        if os.WIFSTOPPED(status):
            tell("stopped " + mode(0))
            if os.read(orders, 1) == b"f":
                os.tcsetpgrp(0, job)
            os.killpg(job, signal.SIGCONT)
            continue
        code = os.WEXITSTATUS(status) if os.WIFEXITED(status) else 128 + os.WTERMSIG(status)
        tell("exit %d %s" % (code, mode(0)))
        os._exit(0)


def main():
    rows, columns, command = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3:]
    told, errors = os.pipe()
    orders, order = os.pipe()
    leader, terminal = pty.fork()
    if leader == 0:
        os.close(told)
        os.close(order)
        shell(rows, columns, command, errors, orders)
    os.close(errors)
    os.close(orders)
    job, pending, held, slow, last = None, b"", False, 0, 0.0
    inputs = {0, told, terminal}
    while told in inputs:
        waited = set(inputs)
        now = time.monotonic()
        if held or (slow and now - last < 0.05):
            waited.discard(terminal)
        ready, _, _ = select.select(waited, [], [], 0.02)
        if terminal in ready:
            try:
                data = os.read(terminal, slow or 65536)
            except OSError:
                data = b""
            last = now
            if data:
                os.write(1, data)
            else:
                inputs.discard(terminal)
        if told in ready:
            data = os.read(told, 4096)
            if not data:
                inputs.discard(told)
            for line in data.decode().splitlines():
                if line.startswith("pid "):
                    job = int(line.split()[1])
                say(line)
        if 0 in ready:
            data = os.read(0, 65536)
            if not data:
                inputs.discard(0)
                if job is not None:
                    try:
                        os.kill(job, signal.SIGKILL)
                    except ProcessLookupError:
                        pass
            pending += data
            *lines, pending = pending.split(b"\n")
            for line in lines:
                word, *values = line.decode().split()
                if word == "type":
                    os.write(terminal, bytes.fromhex("".join(values)))
                elif word == "size":
                    size(terminal, int(values[0]), int(values[1]))
                elif word == "kill":
                    os.kill(job, getattr(signal, values[0]))
                elif word in ("fg", "bg"):
                    os.write(order, word[:1].encode())
                elif word == "hold":
                    held = True
                elif word == "release":
                    held, slow = False, 0
                elif word == "slow":
                    slow = int(values[0])
                elif word == "hang":
                    inputs.discard(terminal)
                    os.close(terminal)
    if terminal in inputs and not held:
        rest(terminal)


def rest(terminal):
    """Nobody has it open any more: what was written last comes, and then an error."""
    while select.select([terminal], [], [], 10)[0]:
        try:
            data = os.read(terminal, 65536)
        except OSError:
            return
        if not data:
            return
        os.write(1, data)


main()
