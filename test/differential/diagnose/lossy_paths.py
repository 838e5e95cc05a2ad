"""Every eighth packet of a connection is lost while data is sent there; calm: none is.
Which one, its IPv4 identification says, which a socket counts up: what is sent again is never lost a second time."""
import socket
import subprocess
import threading

from waiting import acknowledged, sent_again, until

PORT = 7007
RULES = '''table ip loss {
  chain input { type filter hook input priority 0;
    ip daddr 127.0.0.7 tcp dport %d ip id & 7 == 0 drop; }; }'''


def read(connection):
    while connection.recv(65536):
        pass


def send(connection):
    while True:
        connection.sendall(b'x' * 20000)


def lose():
    subprocess.run(['nft', '-f', '-'], input=RULES % PORT, text=True, check=True)


def build(fault):
    server = socket.create_server(('127.0.0.7', PORT))
    clients = []
    for _ in range(2):
        client = socket.create_connection(('127.0.0.7', PORT))
        accepted, _ = server.accept()
        clients.append(client)
        threading.Thread(target=read, args=[accepted], daemon=True).start()
    if fault:
        lose()
    for client in clients:
        threading.Thread(target=send, args=[client], daemon=True).start()
    # However slow the machine is, much was sent and, of every connection, enough was lost.
    until(lambda: all(acknowledged(client) > 1_000_000 for client in clients), 'nothing arrives')
    if fault:
        until(lambda: all(sent_again(client) >= 25 for client in clients), 'nothing is lost')
    return server, clients
