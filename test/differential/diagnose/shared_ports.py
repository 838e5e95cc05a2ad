"""Two users at one UDP port; calm: two workers of one program there, and mDNS, which is for all."""
from programs import end, python

SHARE = '''
a = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
a.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
a.bind(("0.0.0.0", {}))
'''


def build(fault):
    users = (1001, 1002) if fault else (1001, 1001)
    return [
        *(python(SHARE.format(7013), uid=uid) for uid in users),
        *(python(SHARE.format(5353), uid=uid) for uid in (1001, 1002)),
    ]


finish = end
