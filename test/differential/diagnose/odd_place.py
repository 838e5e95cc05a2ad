"""A server that runs from /tmp and calls itself a thread of the kernel; calm: from where programs are."""
import os
import shutil
import tempfile

from programs import end, holding, server


def build(fault):
    sock = server(7012, '127.0.0.1')
    if not fault:
        return [holding(sock)]
    global folder
    folder = tempfile.mkdtemp(dir='/tmp')
    program = shutil.copy('/usr/bin/sleep', os.path.join(folder, 'x'))
    return [holding(sock, words=('[kworker/0:1]', '600'), executable=program)]


def finish(processes):
    end(processes)
    if 'folder' in globals():
        shutil.rmtree(folder)
