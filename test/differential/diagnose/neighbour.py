"""Another machine: a network namespace at 10.99.0.2, linked to this one, which has 10.99.0.1."""
import subprocess

INSIDE = '''
ip link set lo up
exec /usr/bin/python3 -B -c '
import signal, socket
print("made", flush=True)
input()
%s
print("open", flush=True)
signal.pause()'
'''


def run(*words):
    subprocess.run(words, check=True)


def neighbour(code):
    """The process there, once it has run the code, which opens sockets and has no single quotes."""
    process = subprocess.Popen(
        ['unshare', '--net', 'sh', '-ec', INSIDE % code], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
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
    return process
