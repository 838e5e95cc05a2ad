#!/bin/sh
# A network namespace with interfaces, addresses, routes and multicast memberships of every kind
# that this kernel can make. Run by reports-world.ts in namespaces of its own; FOLDER holds etc/.
# Says `ready` when all is there and stays until its standard input ends.
set -eu
folder=$1
here=$2

mount -t sysfs none /sys
for file in hosts networks nsswitch.conf; do mount --bind "$folder/etc/$file" "/etc/$file"; done

# Quiet: no address checks, no router searches, nothing that sends by itself for long.
for name in default all; do
  echo 0 > /proc/sys/net/ipv6/conf/$name/accept_dad
  echo 0 > /proc/sys/net/ipv6/conf/$name/dad_transmits
  echo 0 > /proc/sys/net/ipv6/conf/$name/router_solicitations
  echo 0 > /proc/sys/net/ipv6/conf/$name/accept_ra
done

try() { "$@" 2>/dev/null || true; }

# Interfaces: pairs, a bridge with a port, tunnels, full-length and foreign names, numbers to order.
ip link set lo up
ip link add v0 type veth peer name v1
ip link add abcdefghijklmno type veth peer name abcdefghijklmn
ip link add br0 type bridge
for number in 10 9 1 11 2 010; do ip link add "br$number" type bridge; done
ip link add ünï type bridge
ip tuntap add dev tun0 mode tun
ip tuntap add dev tap0 mode tap
try ip link add sit9 type sit local 192.0.2.9 remote 192.0.2.8
try ip link add gre9 type gre local 192.0.2.9 remote 192.0.2.8
try ip link add ipip9 type ipip local 192.0.2.9 remote 192.0.2.8
try ip link add vx9 type vxlan id 9 dstport 4789 local 192.0.2.9
try ip link add ifb9 type ifb
try ip link add dummy9 type dummy

ip link set v1 master br0
ip link set v0 mtu 9000 up
ip link set v1 up
ip link set br0 up allmulticast on arp off
ip link set br1 up promisc on
ip link set br9 up
ip link set br10 up txqueuelen 0
ip link set br010 up
ip link set abcdefghijklmno up
ip link set ünï up
ip link set tun0 up
ip link set tap0 mtu 1400 up
try ip link set sit9 up
try ip link set ifb9 up

# Addresses: broadcast given and not, labels, a peer, a whole host, none running, none up; each scope.
ip address add 192.0.2.9/24 broadcast + dev v0
ip address add 192.0.2.10/24 dev v0 label v0:1
ip address add 10.7.0.1/16 dev br0
ip address add 10.8.0.1/24 dev br9 label br9:x
ip address add 10.8.1.1/24 dev br9 label br9:a
ip address add 10.8.2.1/24 dev br9 label br9:10
ip address add 10.0.0.1 peer 10.0.0.2/32 dev tun0
ip address add 198.51.100.1/32 dev tap0
ip address add 10.9.0.1/24 dev br11
ip address add 127.0.0.2/8 dev lo label lo:1
ip -6 address add 2001:db8::9/64 dev v0
ip -6 address add fec0::1/64 dev v0
ip -6 address add ::192.0.2.5/96 dev v0
ip -6 address add fd00::1/128 dev br9

# IPv4 routes of every kind; those of table 100 are not netstat's.
ip route add default via 192.0.2.1 dev v0
ip route add default via 10.8.0.77 dev br9 metric 4000000000
ip route add 203.0.113.7 via 192.0.2.2
ip route add 203.0.113.0/24 via 192.0.2.3 metric 7 mtu 1300 window 20000 rtt 300ms advmss 1200
ip route add 203.0.113.128/25 via 192.0.2.3 mtu lock 1280
ip route add 10.20.0.0/16 dev tun0 scope link
ip route add 127.1.0.0/16 dev lo
ip route add 169.254.0.0/16 dev v0 metric 1000
ip route add 10.0.0.0/8 dev tap0
ip route add 172.16.0.0/12 dev abcdefghijklmno
ip route add 192.0.0.0/31 dev ünï
ip route add 0.0.0.0/1 dev br9
ip route add 10.30.0.0/16 via 192.0.2.200 dev v0 onlink
ip route add 10.31.0.0/16 nexthop via 192.0.2.4 weight 2 nexthop dev tun0 weight 1
try ip route add 10.32.0.0/16 via inet6 fe80::77 dev v0
ip route add unreachable 10.40.0.0/16
ip route add unreachable 10.40.0.1 metric 5
ip route add prohibit 10.41.0.0/16
ip route add blackhole 10.42.0.0/16
ip route add throw 10.43.0.0/16
ip route add 10.44.0.0/16 dev v0 tos 0x10
ip route add 10.45.0.0/16 dev v0 src 192.0.2.10 proto static
ip route add local 10.46.0.0/16 dev lo table main
ip route add broadcast 10.47.0.255 dev v0 table main
ip route add 10.50.0.0/16 dev v0 table 100

# IPv6 routes of every kind.
ip -6 route add default via fe80::abcd dev v0
ip -6 route add 2001:db8:1::/48 via 2001:db8::77 metric 5
ip -6 route add 2001:db8:2::7 via fe80::abcd dev v0 mtu 1300
ip -6 route add 2001:db8:1111:2222:3333:4444:5555:6666 dev br9
ip -6 route add 2001:db8:3::/64 dev br9 expires 4000
ip -6 route add 2001:db8:4::/64 nexthop via fe80::1 dev v0 nexthop via fe80::2 dev br9
ip -6 route add unreachable 2001:db8:40::/48
ip -6 route add prohibit 2001:db8:41::/48
ip -6 route add blackhole 2001:db8:42::/48
try ip -6 route add throw 2001:db8:43::/48
ip -6 route add local 2001:db8:44::1 dev lo
try ip -6 route add anycast 2001:db8:45::1 dev v0
ip -6 route add multicast ff05::/16 dev v0
try ip -6 route add 2001:db8:46::/48 from 2001:db8::/64 dev v0
ip -6 route add ::ffff:0:0/96 dev br9
ip -6 route add 64:ff9b::/96 dev v0 metric 4000000000
ip -6 route add 2001:db8:50::/48 dev v0 table 100

exec /usr/bin/python3 -B "$here/reports-world.py"
