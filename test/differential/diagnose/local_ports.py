"""A range of 50 local ports, of which one destination has 45; calm: the same range, and 45 over three destinations."""
import socket

RANGE = '40000 40049'


def build(fault):
    with open('/proc/sys/net/ipv4/ip_local_port_range', 'w') as setting:
        setting.write(RANGE)
    # A port in TIME_WAIT would be taken again after a second, over loopback.
    with open('/proc/sys/net/ipv4/tcp_tw_reuse', 'w') as setting:
        setting.write('0')
    servers = [socket.create_server(('127.0.0.1', 7004 + number), backlog=100) for number in range(3)]
    kept = []
    for number in range(45):
        port = 7004 if fault else 7004 + number % 3
        client = socket.create_connection(('127.0.0.1', port))
        accepted, _ = servers[port - 7004].accept()
        if number % 3:
            kept.append((client, accepted))
        else:
            # This side closes first, and has the port in TIME_WAIT for a minute.
            client.close()
            accepted.close()
    return servers, kept
