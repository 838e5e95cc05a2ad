"""A server with its only worker stopped at a TCP, a UDP and a UNIX socket; calm: the worker runs, a client is stopped."""
import os
import signal

from programs import end, python

SERVE = '''
server = socket.create_server(("127.0.0.1", 7021))
packets = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
packets.bind(("127.0.0.1", 7021))
named = socket.socket(socket.AF_UNIX)
named.bind("\\0tsnetstat stopped programs")
named.listen()
'''

# Its packets are sent from a port that the system chooses; what answers to them was asked for.
ASK = '''
client = socket.create_connection(("127.0.0.1", 7021))
query = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
query.sendto(b"x", ("127.0.0.1", 7021))
'''


def build(fault):
    processes = [python(SERVE, 'app')]
    if not fault:
        processes.append(python(ASK, 'client'))
    os.kill(processes[-1].pid, signal.SIGSTOP)
    os.waitid(os.P_PID, processes[-1].pid, os.WSTOPPED | os.WNOWAIT)
    return processes


finish = end
