"""A server in a cgroup below one that is frozen; calm: that one is not. `FROZEN_FOLDER` is its folder, `FROZEN_FILE` the file
in it that takes `FROZEN_WORDS`: what freezes, and what thaws. With `FROZEN_STOPPED` it was stopped by a signal before."""
import os
import signal
import time

from programs import end, python

SERVE = 'server = socket.create_server(("127.0.0.1", 7022))'

folder = os.environ['FROZEN_FOLDER']
setting = os.path.join(folder, os.environ['FROZEN_FILE'])
freeze, thaw = os.environ['FROZEN_WORDS'].split()


def write(path, text):
    with open(path, 'w') as file:
        file.write(text)


def is_frozen():
    for name, state in (('cgroup.events', 'frozen 1'), ('freezer.state', 'FROZEN')):
        path = os.path.join(folder, 'in', name)
        if os.path.exists(path):
            with open(path) as file:
                return state in file.read()


def build(fault):
    inner = os.path.join(folder, 'in')
    os.mkdir(inner)
    server = python(SERVE, 'app')
    write(os.path.join(inner, 'cgroup.procs'), str(server.pid))
    if os.environ.get('FROZEN_STOPPED'):
        server.send_signal(signal.SIGSTOP)
        os.waitpid(server.pid, os.WUNTRACED)
    if fault:
        write(setting, freeze)
        while not is_frozen():
            time.sleep(0.01)
    return [server]


def finish(processes):
    write(setting, thaw)
    end(processes)
