"""A server out of descriptors beside another process out of them; calm: the server has half as many as it may."""
from programs import end, python

SERVE = '''
import resource
_, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
resource.setrlimit(resource.RLIMIT_NOFILE, (128, hard))
server = socket.create_server(("127.0.0.1", 7072))
kept = [socket.socket() for _ in range({})]
'''

OTHER = SERVE.replace('7072', '7073')


def build(fault):
    return [python(SERVE.format(120 if fault else 60), 'app'), python(OTHER.format(120), 'other')]


finish = end
