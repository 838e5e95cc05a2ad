"""A client of the port of another machine; nobody listens at that port here."""
import subprocess

from programs import end, python

INSIDE = '''
ip link set lo up
exec /usr/bin/python3 -B -c '
import signal, socket
print("made", flush=True)
input()
server = socket.create_server(("10.99.0.2", 7071))
print("open", flush=True)
signal.pause()'
'''
CLIENT = '''
ends = [socket.create_connection(("10.99.0.2", 7071)) for _ in range(3)]
'''


def run(*words):
    subprocess.run(words, check=True)


def build(fault):
    process = subprocess.Popen(
        ['unshare', '--net', 'sh', '-ec', INSIDE], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )
    assert process.stdout.readline() == b'made\n'
    run('ip', 'link', 'add', 'v0', 'type', 'veth', 'peer', 'name', 'v1', 'netns', str(process.pid))
    run('ip', 'addr', 'add', '10.99.0.1/24', 'dev', 'v0')
    run('ip', 'link', 'set', 'v0', 'up')
    inside = 'ip addr add 10.99.0.2/24 dev v1; ip link set v1 up'
    run('nsenter', f'--net=/proc/{process.pid}/ns/net', 'sh', '-ec', inside)
    process.stdin.write(b'\n')
    process.stdin.flush()
    assert process.stdout.readline() == b'open\n'
    return [process, python(CLIENT, 'app')]


finish = end
