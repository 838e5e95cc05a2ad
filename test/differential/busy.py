"""busy.py CONNECTIONS PROCESSES: that many TCP connections on loopback, each with both ends here.
Prints `ready`; opens and closes further ones for as long as its standard input has `churn` lines;
ends with its standard input."""
import os
import signal
import socket
import sys

connections, processes = int(sys.argv[1]), int(sys.argv[2])
each = connections // processes
children = []
ready, told = os.pipe()
for number in range(processes):
    server = socket.socket()
    server.bind(('127.0.1.%d' % (number + 1), 7000 + number))
    server.listen(1024)
    pid = os.fork()
    if pid == 0:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        held = []
        for _ in range(each):
            client = socket.socket()
            client.connect(server.getsockname())
            held += [client, server.accept()[0]]
        os.write(told, b'x')
        while True:
            signal.pause()
    children.append(pid)
    server.close()
for _ in children:
    os.read(ready, 1)
print('ready', flush=True)

churner = socket.socket()
churner.bind(('127.0.2.1', 6999))
churner.listen(1024)
for line in sys.stdin:
    held = []
    for _ in range(int(line)):
        client = socket.socket()
        client.connect(churner.getsockname())
        held += [client, churner.accept()[0]]
    for end in held:
        end.close()
    print('churned', flush=True)
for pid in children:
    os.kill(pid, signal.SIGTERM)
