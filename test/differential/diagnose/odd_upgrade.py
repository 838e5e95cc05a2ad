"""Workers whose program an upgrade replaced; calm: they were started after it."""
import os
import shutil

from programs import end, holding, server

PROGRAM = '/mnt/service'


def put(path):
    shutil.copy('/usr/bin/sleep', f'{path}.new')
    os.rename(f'{path}.new', path)


def build(fault):
    put(PROGRAM)
    workers = [
        holding(server(7012 + number, '127.0.0.1'), words=('service', '600'), executable=PROGRAM)
        for number in range(3)
    ]
    if fault:
        put(PROGRAM)
    return workers


finish = end
