# A network namespace with a container (`web`) and another machine (`lan`) beside it, for `exposure-rules`.
#
#     sh exposure-rules.sh FOLDER
#
# FOLDER/ready is there when all servers are open.
set -e
cd "$1"
mkdir -p /run/netns && mount -t tmpfs tmpfs /run/netns
ip link set lo up
for name in web lan; do
  ip netns add "$name"
  ip -n "$name" link set lo up
done
ip link add v0 type veth peer name v1 netns web
ip addr add 10.99.0.1/24 dev v0
ip addr add fd99::1/64 dev v0 nodad
ip link set v0 up
ip -n web addr add 10.99.0.2/24 dev v1
ip -n web addr add fd99::2/64 dev v1 nodad
ip -n web link set v1 up
ip -n web route add default via 10.99.0.1
ip -n web -6 route add default via fd99::1
ip link add w0 type veth peer name w1 netns lan
ip addr add 10.97.0.1/24 dev w0
ip addr add fd97::1/64 dev w0 nodad
ip link set w0 up
ip -n lan addr add 10.97.0.9/24 dev w1
ip -n lan addr add fd97::9/64 dev w1 nodad
ip -n lan link set w1 up
echo 1 > /proc/sys/net/ipv4/ip_forward
echo 1 > /proc/sys/net/ipv6/conf/all/forwarding
cat > serve.py <<'P'
import os, socket, sys, threading, time
# Each answers with its own end.
for end in sys.argv[2:]:
    kind, host, port = end.split(",")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    sock = socket.socket(family, socket.SOCK_DGRAM if kind == "udp" else socket.SOCK_STREAM)
    if kind == "v6only":
        sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
    sock.bind((host, int(port)))
    if kind != "udp":
        sock.listen()
    def answer(sock=sock, kind=kind, port=port):
        while True:
            if kind == "udp":
                sock.sendto(port.encode(), sock.recvfrom(9)[1])
            else:
                peer = sock.accept()[0]
                peer.sendall(port.encode())
                peer.close()
    threading.Thread(target=answer, daemon=True).start()
open(sys.argv[1], "w").close()
time.sleep(600)
P
setsid /usr/bin/python3 -B serve.py host tcp,0.0.0.0,7000 tcp,127.0.0.1,7100 tcp,127.0.0.1,7101 </dev/null &
setsid ip netns exec web /usr/bin/python3 -B serve.py web tcp,0.0.0.0,80 tcp,0.0.0.0,81 udp,0.0.0.0,80 \
  tcp,::,82 v6only,::,83 </dev/null &
until [ -e host ] && [ -e web ]; do sleep 0.1; done
touch ready
