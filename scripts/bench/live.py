"""Runs a full-screen program on a pseudo-terminal for some seconds, then types q: live.py SECONDS PROGRAM [ARGUMENT...]"""
import fcntl
import os
import pty
import select
import struct
import sys
import termios
import time

seconds, command = float(sys.argv[1]), sys.argv[2:]
size = struct.pack("HHHH", 50, 160, 0, 0)
pid, terminal = pty.fork()
if pid == 0:
    fcntl.ioctl(0, termios.TIOCSWINSZ, size)
    os.environ["TERM"] = "xterm-256color"
    os.execvp(command[0], command)
end = time.monotonic() + seconds
isTold = False
while True:
    ready, _, _ = select.select([terminal], [], [], 0.1)
    if ready:
        try:
            data = os.read(terminal, 65536)
        except OSError:
            break
        if not data:
            break
        os.write(1, data)
    if not isTold and time.monotonic() > end:
        os.write(terminal, b"q")
        isTold = True
_, status = os.waitpid(pid, 0)
sys.exit(os.waitstatus_to_exitcode(status))
