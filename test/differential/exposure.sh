# Servers in a network namespace of their own, ports of the host that lead there, and others, for `exposure`.
#
#     sh exposure.sh FOLDER CGROUP2
#
# CGROUP2 is where version 2's tree of cgroups is mounted; FOLDER/ready is there when all is open.
set -e
folder=$1 tree=$2
id=3f8a2c91d04e$(printf '%052d' 0)
cd "$folder"
# Named namespaces of this world alone.
mkdir -p /run/netns && mount -t tmpfs tmpfs /run/netns
# /sys as this network namespace has it, without what else is mounted there.
mkdir sys && mount -t sysfs sysfs sys
mount --bind sys/devices /sys/devices && mount --bind sys/class/net /sys/class/net
ip link set lo up
ip netns add web
ip link add v0 type veth peer name v1 netns web
ip addr add 10.99.0.1/24 dev v0
ip link set v0 up
ip -n web addr add 10.99.0.2/24 dev v1
ip -n web link set lo up
ip -n web link set v1 up
ip link add x0 type veth peer name x1 netns web
ip addr add 10.95.0.1/24 dev x0
ip link set x0 up
ip -n web addr add 10.95.0.2/24 dev x1
ip -n web link set x1 up
ip netns add db
ip link add w0 type veth peer name w1 netns db
ip addr add 10.98.0.1/24 dev w0
ip link set w0 up
ip -n db addr add 10.98.0.2/24 dev w1
ip -n db link set lo up
ip -n db link set w1 up
ip netns add units
ip link add u0 type veth peer name u1 netns units
ip addr add 10.94.0.1/24 dev u0
ip link set u0 up
ip -n units addr add 10.94.0.2/24 dev u1
ip -n units link set lo up
ip -n units link set u1 up
top=$(mktemp -d "$tree/tsnetstat-XXXXXX")
echo "$top" > top
chmod 755 "$top"
mkdir -p "$top/docker/$id" "$top/web.service" "$top/dns.service"

serve() { # HOST:PORT[@INTERFACE]…
  setsid /usr/bin/python3 -B -c '
import signal, socket, sys
kept = []
for end in sys.argv[1:]:
    end, _, device = end.partition("@")
    host, port = end.rsplit(":", 1)
    sock = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    if device:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, device.encode())
    sock.bind((host, int(port)))
    sock.listen()
    kept.append(sock)
print("open", flush=True)
signal.pause()' "$@" </dev/null
}

serve 0.0.0.0:22 127.0.0.1:5432 0.0.0.0:9090 0.0.0.0:9385@v0 0.0.0.0:9386@w0 0.0.0.0:9387@lo \
  0.0.0.0:9484 > host &
(
  echo 0 > "$top/docker/$id/cgroup.procs"
  exec ip netns exec web sh -c "$(cat <<'INSIDE'
exec /usr/bin/python3 -B -c '
import signal, socket
kept = []
any = "0.0.0.0"
for host, port, device in (
    (any, 80, None), (any, 81, None), (any, 7, None), ("127.0.0.1", 82, None),
    (any, 83, b"v1"), (any, 84, b"x1"), (any, 85, b"lo"),
    (any, 91, None), (any, 92, None), (any, 93, None), (any, 94, None),
):
    sock = socket.socket()
    if device:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, device)
    sock.bind((host, port))
    sock.listen()
    kept.append(sock)
print("open", flush=True)
signal.pause()'
INSIDE
)"
) </dev/null > inside &

ip netns exec db sh -c 'exec setsid /usr/bin/python3 -B -c "
import signal, socket
kept = []
for port in 80, 81:
    sock = socket.socket()
    sock.bind((\"0.0.0.0\", port))
    sock.listen()
    kept.append(sock)
print(\"open\", flush=True)
signal.pause()"' </dev/null > db &

# Two units and a process of none share a network namespace.
for unit in web:80 dns:84 none:53; do
  (
    [ "${unit%:*}" = none ] || echo 0 > "$top/${unit%:*}.service/cgroup.procs"
    exec setsid ip netns exec units /usr/bin/python3 -B -c '
import signal, socket, sys
sock = socket.socket()
sock.bind(("0.0.0.0", int(sys.argv[1])))
sock.listen()
print("open", flush=True)
signal.pause()' "${unit#*:}"
  ) </dev/null > "${unit%:*}" &
done

cat > docker-proxy.c <<'C'
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
/* Takes a port as Docker's program does, by the same options, and hands nothing on. */
int main(int count, char **words) {
  struct sockaddr_in end = {.sin_family = AF_INET};
  for (int i = 1; i + 1 < count; i++)
    if (strcmp(words[i], "-host-port") == 0) end.sin_port = htons(atoi(words[i + 1]));
  int sock = socket(AF_INET, SOCK_STREAM, 0);
  if (bind(sock, (struct sockaddr *)&end, sizeof end) != 0 || listen(sock, 8) != 0) return 1;
  puts("open");
  fflush(stdout);
  pause();
}
C
gcc -o docker-proxy docker-proxy.c
setsid ./docker-proxy -proto tcp -host-ip 0.0.0.0 -host-port 8080 -container-ip 10.99.0.2 \
  -container-port 80 </dev/null > proxy &
# Docker within a container: a port of that container is none of the host's.
setsid ip netns exec db ./docker-proxy -proto tcp -host-ip 0.0.0.0 -host-port 22 -container-ip 10.97.0.2 \
  -container-port 22 </dev/null > inner &

nft -f - <<'N'
table ip nat {
  chain hostports {
    tcp dport 9090 dnat to 10.99.0.2:81
    tcp dport 9480 dnat to 10.94.0.2:80
    tcp dport 9484 dnat to 10.94.0.2:84
    tcp dport 9453 dnat to 10.94.0.2:53
    tcp dport 9383 dnat to 10.99.0.2:83
    tcp dport 9384 dnat to 10.99.0.2:84
    tcp dport 9395 dnat to 10.99.0.2:85
    ip daddr 10.99.0.1 tcp dport 9385 dnat to 10.99.0.2:86
    ip daddr 10.99.0.1 tcp dport 9386 dnat to 10.99.0.2:86
    tcp dport 9387 dnat to 10.99.0.2:86
    ip daddr 127.0.0.1 tcp dport 7070 dnat to 10.98.0.2:80
  }
  chain prerouting {
    type nat hook prerouting priority dstnat;
    fib daddr type local jump hostports
    ip daddr 10.96.0.1 tcp dport 443 dnat to 10.98.0.2:81
  }
}
table ip own {
  chain output {
    type nat hook output priority -100;
    tcp dport 9491 dnat to 10.99.0.2:91
    ip daddr 10.99.0.1 tcp dport 9494 dnat to 10.99.0.2:94
  }
  chain prerouting {
    type nat hook prerouting priority dstnat;
    iifname "lo" tcp dport 9492 dnat to 10.99.0.2:92
  }
}
table ip asleep {
  flags dormant;
  chain prerouting {
    type nat hook prerouting priority dstnat;
    tcp dport 9493 dnat to 10.99.0.2:93
  }
}
N
for name in host inside db web dns none proxy inner; do
  until grep -q open "$name"; do sleep 0.1; done
done
touch ready
