"""Runs the program with --follow beside sockets of its own, and tells what it told and what was true.

follow.py SCENARIO UID COMMAND…   in a network namespace whose loopback is up, as root.
Prints one JSON object: {"truth": …, "events": […], "code": …, "stderr": …}.
"""
import array
import ctypes
import json
import os
import signal
import socket
import struct
import subprocess
import sys
import threading
import time
from collections import Counter

scenario, uid, command = sys.argv[1], int(sys.argv[2]), sys.argv[3:]
local = '127.0.0.1'
# The machine may be busy: an event that has not come by then does not come.
patience = 120


def become_user():
    if uid != 0:
        os.setgroups([])
        os.setgid(uid)
        os.setuid(uid)


child = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, preexec_fn=become_user)
events = []
may_read = threading.Event()
may_read.set()
changed = threading.Condition()
said = []


def read_events():
    for line in child.stdout:
        if not line.endswith(b'\n'):
            # A signal does not wait long for a reader that is behind.
            break
        with changed:
            events.append(json.loads(line))
            changed.notify_all()
        may_read.wait()


reader = threading.Thread(target=read_events)
reader.start()
complainer = threading.Thread(target=lambda: said.extend(child.stderr))
complainer.start()


def fail(what):
    child.kill()
    may_read.set()
    sys.exit(f'{what}; events: {events[-20:]}; stderr: {said}')


def wait_for(what, wanted):
    """The first event that `wanted` takes."""
    end = time.monotonic() + patience
    seen = 0
    with changed:
        while True:
            for one in events[seen:]:
                if wanted(one):
                    return one
            seen = len(events)
            left = end - time.monotonic()
            if left <= 0 or child.poll() is not None:
                break
            changed.wait(left)
    fail(f'no event: {what}')


def wait_until(told):
    """Until the events are what `told` wants, or no more of them come: whether they are is the test's to say."""
    end = time.monotonic() + patience
    with changed:
        while not told(events):
            left = end - time.monotonic()
            if left <= 0 or child.poll() is not None:
                break
            changed.wait(left)


def of_port(event, port, name='local'):
    sock = event.get('socket', {})
    return sock.get('protocol') in ('tcp', 'udp') and sock[name]['port'] == port


def owned_by(event, pid):
    return [owner['pid'] for owner in event['socket']['owners']] == [pid]


def udp():
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.bind((local, 0))
    return sock, sock.getsockname()[1]


def begin():
    """Returns once it has read its first round: a socket that is there in that round is never told."""
    markers = []
    end = time.monotonic() + patience
    while time.monotonic() < end:
        if child.poll() is not None:
            break
        markers.append(udp())
        ports = {port for _, port in markers}
        with changed:
            changed.wait(0.25)
            if any(e['event'] == 'opened' and e['socket'].get('local', {}).get('port') in ports for e in events):
                return markers
    fail('it never began')


def settle():
    """Returns once a round has been told that began after this was called, and one after that."""
    for _ in range(2):
        sock, port = udp()
        wait_for('marker', lambda e: e['event'] == 'opened' and of_port(e, port))
        sock.close()


def listener(backlog=512):
    sock = socket.socket()
    sock.bind((local, 0))
    sock.listen(backlog)
    return sock, sock.getsockname()[1]


def churn(count, rate):
    """Connections that are closed as soon as they are there; the ports of their clients."""
    server, port = listener()
    ports = []
    start = time.monotonic()
    for i in range(count):
        client = socket.create_connection((local, port))
        served, _ = server.accept()
        ports.append(client.getsockname()[1])
        client.close()
        served.close()
        ahead = start + (i + 1) / rate - time.monotonic()
        if ahead > 0.002:
            time.sleep(ahead)
    took = time.monotonic() - start
    server.close()
    return {'port': port, 'clients': ports, 'took': took}


def heard_by():
    """Sockets that the kernel tells of destroyed ones, each as a row of its table: sock_diag's (4) with groups."""
    with open('/proc/net/netlink') as table:
        rows = [line.split() for line in table][1:]
    return [row for row in rows if row[1] == '4' and int(row[3], 16) != 0]


def dropped():
    """How many notices of destroyed sockets the kernel had no room for."""
    return sum(int(row[8]) for row in heard_by())


def is_loss(event):
    return event['event'] == 'warning' and event['warning']['code'] == 'lost'


def heed(truth):
    """
    Returns once two more rounds were told and, where the kernel tells of closes, those of both ends of each
    connection or that some were lost: neither the kernel nor who hears it says when it has told everything.
    """
    settle()
    if heard_by():
        # A port may be used more than once.
        missing = Counter()
        for port in truth['clients']:
            missing.update([(port, truth['port']), (truth['port'], port)])
        seen = 0

        def are_told(events):
            nonlocal seen
            new, seen = events[seen:], len(events)
            for one in new:
                if one['event'] == 'closed' and 'local' in one['socket']:
                    missing[one['socket']['local']['port'], one['socket']['remote']['port']] -= 1
            return not any(left > 0 for left in missing.values()) or any(map(is_loss, events))

        wait_until(are_told)
    return truth


def do_churn():
    return heed(churn(3000, 5000))


def do_stopped():
    """More closes than the kernel keeps, while nobody listens."""
    os.kill(child.pid, signal.SIGSTOP)
    # The kernel tells of them by a worker of its own, which may be late.
    end = time.monotonic() + patience
    while dropped() == 0:
        if time.monotonic() > end:
            fail('the kernel keeps whatever comes')
        for _ in range(1000):
            udp()[0].close()
    truth = churn(500, 1000000)
    truth['dropped'] = dropped()
    os.kill(child.pid, signal.SIGCONT)
    wait_for(f'loss; the kernel says: {heard_by()}', is_loss)
    settle()
    return truth


def do_ended():
    """A signal that ends it, at once after the closes."""
    os.kill(child.pid, signal.SIGSTOP)
    truth = churn(2000, 1000000)
    # The kernel tells of them by a worker of its own, which may be late.
    kept, same = [], 0
    while same < 10:
        time.sleep(0.05)
        now = heard_by()
        kept, same = now, same + 1 if now == kept else 0
    os.kill(child.pid, signal.SIGCONT)
    return truth


def do_unread():
    """Nobody reads what it writes."""
    may_read.clear()
    truth = churn(6000, 3000)
    time.sleep(2)
    with open(f'/proc/{child.pid}/status') as status:
        truth['rss'] = int(next(line for line in status if line.startswith('VmRSS')).split()[1])
    may_read.set()
    return heed(truth)


def owners():
    """A socket that a child inherits and its parent leaves; one that is handed over."""
    told, tell = os.pipe()
    stay, go = os.pipe()
    first = os.fork()
    if first == 0:
        sock, port = listener()
        os.write(tell, str(port).encode())
        os.read(stay, 1)
        heir = os.fork()
        if heir == 0:
            time.sleep(patience)
            os._exit(0)
        os.write(tell, str(heir).encode())
        os._exit(0)
    inherited = int(os.read(told, 20))
    wait_for('opened', lambda e: e['event'] == 'opened' and of_port(e, inherited))
    os.write(go, b'x')
    heir = int(os.read(told, 20))
    os.waitpid(first, 0)
    # A round may have seen both of them first.
    wait_for('heir', lambda e: e['event'] == 'owner' and of_port(e, inherited) and owned_by(e, heir))
    os.kill(heir, signal.SIGKILL)
    wait_for('gone', lambda e: e['event'] == 'closed' and of_port(e, inherited))

    ours, theirs = socket.socketpair()
    handed, port = listener()
    taker = os.fork()
    if taker == 0:
        handed.close()
        ours.close()
        theirs.recvmsg(1, socket.CMSG_LEN(4))
        time.sleep(patience)
        os._exit(0)
    wait_for('opened', lambda e: e['event'] == 'opened' and of_port(e, port))
    fds = array.array('i', [handed.fileno()])
    ours.sendmsg([b'x'], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, fds)])
    handed.close()
    # Of the one that was made before it was closed there, a round may have seen both too.
    wait_for('taker', lambda e: e['event'] == 'owner' and of_port(e, port) and owned_by(e, taker))
    os.kill(taker, signal.SIGKILL)
    os.waitpid(taker, 0)
    wait_for('gone', lambda e: e['event'] == 'closed' and of_port(e, port))
    return {
        'inherited': {'port': inherited, 'from': first, 'to': heir},
        'handed': {'port': port, 'from': os.getpid(), 'to': taker},
    }


def states():
    """A connection through its states, one a round, seen from its client's end."""
    server, port = listener(0)
    # Two fill the queue, so that the handshake of the next one waits for the kernel's second try.
    full = [socket.socket() for _ in range(2)]
    for sock in full:
        sock.setblocking(False)
        sock.connect_ex((local, port))
        # The first of them waits in it: of a listener this is what tcpi_unacked counts.
        end = time.monotonic() + patience
        while struct.unpack_from('I', server.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 28), 24)[0] == 0:
            if time.monotonic() > end:
                fail('nobody waits in the queue')
            time.sleep(0.01)
    client = socket.socket()
    client.setblocking(False)
    client.bind((local, 0))
    own = client.getsockname()[1]
    client.connect_ex((local, port))
    wait_for('SYN_SENT', lambda e: e['event'] == 'opened' and of_port(e, own))
    served = [server.accept()[0]]
    served.append(server.accept()[0])
    wait_for('ESTABLISHED', lambda e: e['event'] == 'state' and of_port(e, own))
    while not any(sock.getpeername()[1] == own for sock in served):
        served.append(server.accept()[0])
    far = next(sock for sock in served if sock.getpeername()[1] == own)
    far.send(b'x' * 1000)
    client.setblocking(True)
    client.recv(1000, socket.MSG_WAITALL)
    far.close()
    wait_for('CLOSE_WAIT', lambda e: e['event'] == 'state' and of_port(e, own) and e['socket']['state'] == 'CLOSE_WAIT')
    client.close()
    wait_for('closed', lambda e: e['event'] == 'closed' and of_port(e, own))
    settle()
    return {'port': own}


def kinds():
    """A listener, a UDP socket and a UNIX socket that appear and go."""
    path = f'/tmp/follow-{os.getpid()}-{time.monotonic_ns()}\x1b[31m.sock'
    server, port = listener()
    datagrams, other = udp()
    named = socket.socket(socket.AF_UNIX)
    named.bind(path)
    named.listen(1)
    is_named = lambda e: e.get('socket', {}).get('path') == path
    wait_for('tcp', lambda e: e['event'] == 'opened' and of_port(e, port))
    wait_for('udp', lambda e: e['event'] == 'opened' and of_port(e, other))
    wait_for('unix', lambda e: e['event'] == 'opened' and is_named(e))
    server.close()
    datagrams.close()
    named.close()
    os.unlink(path)
    wait_for('tcp', lambda e: e['event'] == 'closed' and of_port(e, port))
    wait_for('udp', lambda e: e['event'] == 'closed' and of_port(e, other))
    wait_for('unix', lambda e: e['event'] == 'closed' and is_named(e))
    return {'tcp': port, 'udp': other, 'unix': path}


def netns():
    """A network namespace that appears, has a churn of connections, and ends."""

    def sockets():
        count = 0
        for name in os.listdir(f'/proc/{child.pid}/fd'):
            try:
                count += os.readlink(f'/proc/{child.pid}/fd/{name}').startswith('socket:')
            except OSError:
                pass
        return count

    def fewest():
        """What it keeps: within a round it may have more of them."""
        counts = []
        for _ in range(2):
            settle()
            counts += [sockets() for _ in range(20)]
        return min(counts)

    before = fewest()
    subprocess.run(['ip', 'netns', 'add', 'late'], check=True)
    subprocess.run(['ip', '-n', 'late', 'link', 'set', 'lo', 'up'], check=True)
    told, tell = os.pipe()
    stay, go = os.pipe()
    inside = os.fork()
    if inside == 0:
        fd = os.open('/run/netns/late', os.O_RDONLY)
        ctypes.CDLL(None, use_errno=True).setns(fd, 0x40000000)
        os.close(fd)
        marker = udp()
        os.write(tell, str(marker[1]).encode())
        os.read(stay, 1)
        os.write(tell, json.dumps(churn(500, 5000)).encode())
        os.read(stay, 1)
        os._exit(0)
    marker = int(os.read(told, 20))
    seen = wait_for('late', lambda e: e['event'] == 'opened' and of_port(e, marker))
    os.write(go, b'x')
    truth = heed(json.loads(os.read(told, 1 << 20)))
    truth['sockets'] = [before, fewest()]
    truth['name'] = seen['socket']['netns']['name']
    os.write(go, b'x')
    os.waitpid(inside, 0)
    subprocess.run(['ip', 'netns', 'delete', 'late'], check=True)
    wait_for('marker', lambda e: e['event'] == 'closed' and of_port(e, marker))
    settle()
    truth['sockets'].append(fewest())
    return truth


scenarios = {
    'netns': netns,
    'churn': do_churn,
    'stopped': do_stopped,
    'ended': do_ended,
    'unread': do_unread,
    'owners': owners,
    'states': states,
    'kinds': kinds,
}

begin()
truth = scenarios[scenario]()
child.send_signal(signal.SIGTERM if scenario == 'kinds' else signal.SIGINT)
code = child.wait(patience)
reader.join()
complainer.join()
print(json.dumps({'truth': truth, 'events': events, 'code': code, 'stderr': b''.join(said).decode()}))
