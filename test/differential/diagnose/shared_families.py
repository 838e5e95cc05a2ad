"""One program on IPv4, another on IPv6, at one TCP port; calm: one program has both."""
from programs import end, holding, python, server

BOTH = '''
a = socket.create_server(("0.0.0.0", 7013))
b = socket.create_server(("::", 7013), family=socket.AF_INET6)
'''


def build(fault):
    if not fault:
        return [python(BOTH)]
    return [
        python('a = socket.create_server(("0.0.0.0", 7013))', uid=1001),
        holding(server(7013, '::', IPV6_V6ONLY=1)),
    ]


finish = end
