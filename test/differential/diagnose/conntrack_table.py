"""Connections that fill a hundredth of what the firewall can keep track of; calm: a few."""
import socket
import subprocess

RULES = '''
table ip filter {
  chain output {
    type filter hook output priority 0;
    ct state new counter
  }
}
'''


def build(fault):
    subprocess.run(['nft', '-f', '-'], input=RULES.encode(), check=True)
    with open('/proc/sys/net/netfilter/nf_conntrack_max', encoding='ascii') as file:
        most = int(file.read())
    count = most // 100 + 10 if fault else 10
    # Every pair of ports and addresses is one; nobody is there to answer, and none of them ends at once.
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    for number in range(count):
        host, port = divmod(number, 50_000)
        try:
            sock.sendto(b'x', (f'127.0.1.{host + 1}', 1024 + port))
        except ConnectionRefusedError:
            pass
    return sock
