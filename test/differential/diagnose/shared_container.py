"""A server at a port that the firewall leads into a container; calm: the firewall leads another port there."""
import subprocess

from programs import end, holding, server

RULES = '''
table ip nat {{
  chain prerouting {{
    type nat hook prerouting priority dstnat;
    fib daddr type local tcp dport {} dnat to 10.99.0.2:80
  }}
}}
'''


def build(fault):
    rules = RULES.format(7014 if fault else 7015)
    subprocess.run(['nft', '-f', '-'], input=rules.encode(), check=True)
    return [holding(server(7014))]


finish = end
