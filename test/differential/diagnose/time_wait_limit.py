"""More closed connections than the kernel keeps in TIME_WAIT; calm: few."""
import socket


def build(fault):
    with open('/proc/sys/net/ipv4/tcp_max_tw_buckets', 'w') as setting:
        setting.write('50')
    server = socket.create_server(('127.0.0.1', 7011), backlog=100)
    for _ in range(60 if fault else 10):
        client = socket.create_connection(('127.0.0.1', 7011))
        accepted, _ = server.accept()
        client.close()
        accepted.close()
    return server
