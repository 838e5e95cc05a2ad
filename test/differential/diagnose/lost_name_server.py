"""Two DNS servers, of which one was in a network that is gone; calm: there is a route to both."""
import name_servers
from network import ip, links


def build(fault):
    links()
    name_servers.put('nameserver 192.0.2.53\nnameserver 198.51.100.53\n')
    if not fault:
        ip('route', 'add', '198.51.100.0/24', 'via', '192.0.2.253')


finish = name_servers.finish
