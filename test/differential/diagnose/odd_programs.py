"""A shell with a connection for its standard streams; calm: shells as ssh and a pool of workers start them."""
import socket
import subprocess

from programs import end, holding

SHELL = {'words': ('sh',), 'executable': '/bin/sh'}


def build(fault):
    listener = socket.create_server(('127.0.0.1', 7012))
    client = socket.create_connection(('127.0.0.1', 7012))
    accepted, _ = listener.accept()
    processes = []
    if fault:
        processes.append(holding(client, streams=('stdin', 'stdout', 'stderr'), **SHELL))
    else:
        # Without a terminal sshd hands commands a UNIX socket or pipes.
        mine, its = socket.socketpair()
        processes.append(holding(its, streams=('stdin', 'stdout', 'stderr'), **SHELL))
        processes.append(subprocess.Popen(['sh'], stdin=subprocess.PIPE, stdout=subprocess.PIPE))
        # What inetd starts, and is no shell.
        processes.append(holding(client, streams=('stdin', 'stdout')))
        global kept
        kept = mine
    global ends
    ends = listener, accepted
    return processes


finish = end
