"""A server in another network namespace; calm: a rule of the firewall leads the port there."""
import subprocess

from programs import end

INSIDE = '''
ip link set lo up
exec /usr/bin/python3 -B -c '
import signal, socket
server = socket.create_server(("0.0.0.0", 80 if {published} else 7071))
print("open", flush=True)
signal.pause()'
'''
RULES = '''
table ip nat {
  chain prerouting {
    type nat hook prerouting priority dstnat;
    fib daddr type local tcp dport 7071 dnat to 10.99.0.2:80
  }
}
'''


def run(*words, **more):
    subprocess.run(words, check=True, **more)


def build(fault):
    process = subprocess.Popen(
        ['unshare', '--net', 'sh', '-ec', INSIDE.format(published=not fault)], stdout=subprocess.PIPE,
    )
    assert process.stdout.readline() == b'open\n'
    run('ip', 'link', 'add', 'v0', 'type', 'veth', 'peer', 'name', 'v1', 'netns', str(process.pid))
    run('ip', 'addr', 'add', '10.99.0.1/24', 'dev', 'v0')
    run('ip', 'link', 'set', 'v0', 'up')
    inside = 'ip addr add 10.99.0.2/24 dev v1; ip link set v1 up'
    run('nsenter', f'--net=/proc/{process.pid}/ns/net', 'sh', '-ec', inside)
    if not fault:
        run('nft', '-f', '-', input=RULES.encode())
    return [process]


finish = end
