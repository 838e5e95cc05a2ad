"""A server called as Redis is, at its port of every address; calm: the same on loopback, and a web server."""
from programs import end, python

SERVE = 'a = socket.create_server(("{}", {}))'


def build(fault):
    host = '0.0.0.0' if fault else '127.0.0.1'
    return [
        python(SERVE.format(host, 6379), 'redis-server'),
        python(SERVE.format('0.0.0.0', 8080), 'nginx'),
    ]


finish = end
