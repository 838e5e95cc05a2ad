"""Neighbours in a network namespace, which count for the machine, and a limit that is lower; calm: its own limit."""
import subprocess

import settings

NEIGHBOURS = '''
ip link add eth0 type veth peer name eth1
ip link set eth0 up
ip addr add 192.0.2.1/24 dev eth0
for number in $(seq 100 139); do
  ip neigh replace 192.0.2.$number lladdr 02:00:00:00:00:01 nud reachable dev eth0
done
echo open
exec sleep 600
'''


def build(fault):
    # The tables are of the whole machine: what else is in them must not fill them.
    settings.cover('net/ipv4/neigh/default/gc_thresh3', '40' if fault else '1000000')
    settings.cover('net/ipv6/neigh/default/gc_thresh3', '1000000')
    process = subprocess.Popen(['unshare', '--net', 'sh', '-ec', NEIGHBOURS], stdout=subprocess.PIPE)
    assert process.stdout.readline() == b'open\n'
    return process


def finish(process):
    process.kill()
    process.wait()
