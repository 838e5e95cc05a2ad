"""Copies what netstat reads of /proc into a folder, so that a changing table can be read twice.

    python3 freeze.py FOLDER

The folder is a tmpfs, which lists its entries newest first: processes are copied from the highest
PID down, so that a listing gives them in /proc's own order.
"""

import os
import shutil
import sys

TABLES = ["tcp", "tcp6", "udp", "udp6", "udplite", "udplite6", "raw", "raw6", "unix"]
TABLES += ["sctp/eps", "sctp/assocs"]


def copy(source, target):
    try:
        with open(source, "rb") as read, open(target, "wb") as write:
            shutil.copyfileobj(read, write)
    except (FileNotFoundError, ProcessLookupError):
        pass


def copy_process(pid, folder):
    os.makedirs(f"{folder}/{pid}/fd")
    for name in ("cmdline", "comm", "stat", "status"):
        copy(f"/proc/{pid}/{name}", f"{folder}/{pid}/{name}")
    try:
        descriptors = sorted(os.listdir(f"/proc/{pid}/fd"), key=int, reverse=True)
    except FileNotFoundError:
        return
    for fd in descriptors:
        try:
            os.symlink(os.readlink(f"/proc/{pid}/fd/{fd}"), f"{folder}/{pid}/fd/{fd}")
        except FileNotFoundError:
            pass


def main():
    folder = sys.argv[1]
    own = os.getpid()
    pids = [int(name) for name in os.listdir("/proc") if name.isdigit() and int(name) != own]
    for pid in sorted(pids, reverse=True):
        copy_process(pid, folder)
    os.makedirs(f"{folder}/net/sctp")
    for name in TABLES:
        copy(f"/proc/net/{name}", f"{folder}/net/{name}")
    assert list(map(int, filter(str.isdigit, os.listdir(folder)))) == sorted(pids)


main()
