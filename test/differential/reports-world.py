"""Joins multicast groups, makes some traffic on the loopback, says `ready`, waits for the end."""

import socket
import sys

held = []


def join4(group, name):
    one = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    index = socket.if_nametoindex(name)
    request = socket.inet_aton(group) + bytes(4) + index.to_bytes(4, sys.byteorder)
    one.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, request)
    held.append(one)


def join6(group, name):
    one = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
    index = socket.if_nametoindex(name).to_bytes(4, sys.byteorder)
    request = socket.inet_pton(socket.AF_INET6, group) + index
    one.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_JOIN_GROUP, request)
    held.append(one)


def traffic():
    listener = socket.create_server(("127.0.0.1", 0))
    with socket.create_connection(listener.getsockname()) as client:
        accepted, _ = listener.accept()
        client.sendall(b"x" * 5000)
        accepted.close()
    listener.close()
    for family, host in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")):
        with socket.socket(family, socket.SOCK_DGRAM) as sender:
            sender.sendto(b"nobody listens", (host, 9))


for group, name in (
    ("224.0.0.251", "v0"),
    ("224.0.0.251", "v0"),
    ("224.0.0.251", "br9"),
    ("239.255.255.250", "abcdefghijklmno"),
    ("239.1.2.3", "ünï"),
):
    join4(group, name)
for group, name in (
    ("ff02::fb", "v0"),
    ("ff02::fb", "v0"),
    ("ff05::2:1:3:4:5", "abcdefghijklmno"),
    ("ff3e:fedc:ba98:7654:3210:fedc:ba98:7654", "ünï"),
):
    join6(group, name)
traffic()
print("ready", flush=True)
sys.stdin.read()
