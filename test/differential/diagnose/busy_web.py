"""nginx under load from wrk: many connections, none of them in trouble."""
import os
import shutil
import socket
import subprocess
import tempfile

from waiting import until

CONF = '''daemon off; pid {0}/pid; error_log {0}/log; worker_processes 2;
events {{ worker_connections 1000; }}
http {{ access_log off; client_body_temp_path {0}/a; proxy_temp_path {0}/b; fastcgi_temp_path {0}/c;
uwsgi_temp_path {0}/d; scgi_temp_path {0}/e; server {{ listen 127.0.0.1:7012; location / {{ root {0}; }} }} }}'''


def build(_):
    folder = tempfile.mkdtemp()
    os.chmod(folder, 0o755)
    with open(f'{folder}/nginx.conf', 'w') as conf:
        conf.write(CONF.format(folder))
    with open(f'{folder}/page', 'wb') as page:
        page.write(b'x' * 200000)
    server = subprocess.Popen(['/usr/sbin/nginx', '-c', f'{folder}/nginx.conf', '-p', folder])
    until(is_there, 'nginx does not listen')
    # Until it is ended.
    load = ['wrk', '-t1', '-c200', '-d600', 'http://127.0.0.1:7012/page']
    client = subprocess.Popen(load, stdout=subprocess.DEVNULL)
    until(lambda: established() >= 400, 'wrk does not connect')
    return client, server, folder


def is_there():
    with socket.socket() as sock:
        return sock.connect_ex(('127.0.0.1', 7012)) == 0


def established():
    """Ends of connections."""
    with open('/proc/net/tcp', encoding='ascii') as table:
        return sum(line.split()[3] == '01' for line in table)


def finish(kept):
    client, server, folder = kept
    for process in (client, server):
        process.terminate()
        process.wait()
    shutil.rmtree(folder)
