"""A server that closes connections whose peers are gone, and keeps the descriptors of some; calm: they answer."""
import socket
import subprocess

from waiting import until

PORT = 7010
CLOSED = 30
SHUT = 25
RULES = 'table ip loss { chain input { type filter hook input priority 0; tcp sport %d drop; }; }'


def build(fault):
    server = socket.create_server(('127.0.0.1', PORT), backlog=100)
    kept = []
    for _ in range(CLOSED + SHUT):
        client = socket.create_connection(('127.0.0.1', PORT))
        kept.append((client, server.accept()[0]))
    if fault:
        subprocess.run(['nft', '-f', '-'], input=RULES % PORT, text=True, check=True)
    for _, accepted in kept[:CLOSED]:
        accepted.close()
    for _, accepted in kept[CLOSED:]:
        accepted.shutdown(socket.SHUT_WR)
    if fault:
        until(lambda: len(closing(3)) == len(kept), 'they are not sent again')
    else:
        for client, _ in kept:
            client.recv(1)
            client.close()
        until(lambda: closing(0) == [], 'they stay')
    return server, kept


def closing(repetitions):
    """Rows of the server's port in FIN_WAIT1, LAST_ACK or CLOSING, that were sent again so often."""
    with open('/proc/net/tcp', encoding='ascii') as table:
        rows = [line.split() for line in table][1:]
    return [
        row
        for row in rows
        if row[1].endswith(f':{PORT:04X}') and row[3] in ('04', '09', '0B') and int(row[6], 16) >= repetitions
    ]
