# A network namespace with a container (`web`) and another machine (`lan`) beside it, for `forwarded-port`.
#
#     sh forwarded-port.sh FOLDER
#
# FOLDER/ready is there when all servers are open.
set -e
cd "$1"
mkdir -p /run/netns && mount -t tmpfs tmpfs /run/netns
ip link set lo up
at=1
for name in web lan; do
  ip netns add "$name"
  ip -n "$name" link set lo up
  ip link add "$name" type veth peer name eth0 netns "$name"
  ip addr add "10.99.$at.1/24" dev "$name"
  ip link set "$name" up
  ip -n "$name" addr add "10.99.$at.2/24" dev eth0
  ip -n "$name" link set eth0 up
  ip -n "$name" route add default via "10.99.$at.1"
  at=$((at + 1))
done
echo 1 > /proc/sys/net/ipv4/ip_forward
cat > serve.py <<'P'
import socket, sys, threading, time
# Each answers with its own port.
for end in sys.argv[2:]:
    host, port = end.split(":")
    sock = socket.socket()
    sock.bind((host, int(port)))
    sock.listen()
    def answer(sock=sock, port=port):
        while True:
            peer = sock.accept()[0]
            peer.sendall(port.encode())
            peer.close()
    threading.Thread(target=answer, daemon=True).start()
open(sys.argv[1], "w").close()
time.sleep(600)
P
cat > docker-proxy.c <<'C'
#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
/* Takes ports as Docker's program does, by the same options, and hands what it accepts on to the container. */
int main(int count, char **words) {
  struct sockaddr_in end = {.sin_family = AF_INET}, to = {.sin_family = AF_INET};
  for (int i = 1; i + 1 < count; i++) {
    if (strcmp(words[i], "-host-port") == 0) end.sin_port = htons(atoi(words[i + 1]));
    if (strcmp(words[i], "-container-port") == 0) to.sin_port = htons(atoi(words[i + 1]));
    if (strcmp(words[i], "-host-ip") == 0) inet_pton(AF_INET, words[i + 1], &end.sin_addr);
    if (strcmp(words[i], "-container-ip") == 0) inet_pton(AF_INET, words[i + 1], &to.sin_addr);
  }
  int sock = socket(AF_INET, SOCK_STREAM, 0);
  if (bind(sock, (struct sockaddr *)&end, sizeof end) != 0 || listen(sock, 8) != 0) return 1;
  for (;;) {
    char text[64];
    int one = accept(sock, 0, 0), other = socket(AF_INET, SOCK_STREAM, 0);
    if (connect(other, (struct sockaddr *)&to, sizeof to) == 0)
      write(one, text, read(other, text, sizeof text));
    close(one);
    close(other);
  }
}
C
gcc -o docker-proxy docker-proxy.c
proxy() { # HOST-PORT CONTAINER-IP CONTAINER-PORT [HOST-IP]
  setsid "$PWD/docker-proxy" -proto tcp -host-ip "${4-0.0.0.0}" -host-port "$1" -container-ip "$2" -container-port "$3" \
    </dev/null &
}
rules=''
rule() { # HOST-PORT TARGET
  rules="$rules tcp dport $1 dnat to $2;"
}
# The first two digits: 81, a proxy; 82, a rule; 83, both; 84, a rule and a server of the host; 85, a
# proxy on loopback.
# The last digit: what is there. 1: a server at all addresses; 2: on loopback; 3: nothing; 4: an unknown network.
for digit in 1 2 3; do
  proxy "810$digit" 10.99.1.2 "8$digit"
  rule "820$digit" "10.99.1.2:8$digit"
  proxy "830$digit" 10.99.1.2 "8$digit"
  rule "830$digit" "10.99.1.2:8$digit"
  rule "840$digit" "10.99.1.2:8$digit"
  proxy "850$digit" 10.99.1.2 "8$digit" 127.0.0.1
done
proxy 8104 10.99.7.7 80
rule 8204 10.99.7.7:80
proxy 8304 10.99.7.7 80
rule 8304 10.99.7.7:80
nft -f - <<N
table ip t {
  chain incoming { type nat hook prerouting priority -100; $rules }
  chain own { type nat hook output priority -100; $rules }
}
N
# Servers of the host itself on ports that are forwarded.
setsid /usr/bin/python3 -B serve.py host 0.0.0.0:8401 0.0.0.0:8402 0.0.0.0:8403 </dev/null &
setsid ip netns exec web /usr/bin/python3 -B serve.py web 0.0.0.0:81 127.0.0.1:82 </dev/null &
until [ -e host ] && [ -e web ]; do sleep 0.1; done
touch ready
