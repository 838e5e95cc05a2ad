"""An address that does not answer probes any more, of a connection that is idle and one whose window is closed; calm:
it answers them."""
import socket
import subprocess

from waiting import probes, until

PORT = 7016
RULES = 'table ip loss { chain input { type filter hook input priority 0; tcp dport %d %s; }; }'
ROW = 3


def build(fault):
    server = socket.create_server(('127.0.0.16', PORT))
    idle, shut = (socket.create_connection(('127.0.0.16', PORT)) for _ in range(2))
    accepted = [server.accept()[0] for _ in range(2)]
    idle.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, 1)
    idle.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, 1)
    idle.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPCNT, 100)
    idle.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    shut.setblocking(False)
    until(lambda: is_probed(fill(shut)), 'the window stays open')
    rules = RULES % (PORT, 'drop' if fault else 'counter')
    subprocess.run(['nft', '-f', '-'], input=rules, text=True, check=True)
    if fault:
        until(lambda: all(probes(client) >= ROW for client in (idle, shut)), 'they are answered')
    else:
        until(lambda: arrived() >= 2 * ROW, 'nothing is sent')
    return server, idle, shut, accepted


def fill(client):
    try:
        while True:
            client.send(b'x' * 65536)
    except BlockingIOError:
        pass
    return client.getsockname()[1]


def is_probed(port):
    """Whether zero-window probes of a local port are sent and answered: the next one is a while away."""
    with open('/proc/net/tcp', encoding='ascii') as table:
        rows = [line.split() for line in table][1:]
    timers = [row[5].split(':') for row in rows if row[1].endswith(f':{port:04X}')]
    return any(kind == '04' and int(ticks, 16) > 50 for kind, ticks in timers)


def arrived():
    """How many packets have come to the server's port."""
    shown = subprocess.run(['nft', 'list', 'ruleset'], check=True, stdout=subprocess.PIPE, text=True).stdout
    return int(shown.split('packets ')[1].split()[0])
