"""The zoo's network: loopback, a veth pair with awkward addresses, and a TUN device to a peer that
the zoo plays itself. Everything is inside the zoo's own network namespace."""

import fcntl
import os
import struct
import subprocess
import time

LONG_V6 = "2001:db8:1111:2222:3333:4444:5555:6666"
LINK_LOCAL = "fe80::1234:5678:9abc:def0"
LAN_V4 = "192.0.2.1"
TUN_V4 = "198.18.0.1"
TUN_V6 = "2001:db8:feed::1"

TUNSETIFF = 0x400454CA
IFF_TUN_NO_PI = 0x0001 | 0x1000


def ip(command):
    subprocess.run(["ip", *command.split()], check=True, stdout=subprocess.DEVNULL)


def sysctl(path, value):
    with open(f"/proc/sys/{path}", "w", encoding="ascii") as file:
        file.write(str(value))


def leave_others():
    """Network namespaces that the machine keeps by mounts are not seen from this mount namespace any more."""
    with open("/proc/self/mountinfo", encoding="utf-8") as table:
        kept = [line.split()[4] for line in table if " - nsfs " in line]
    for path in reversed(kept):
        path = path.encode().decode("unicode_escape")
        subprocess.run(["umount", "--lazy", path], check=True)
    os.makedirs("/run/netns", exist_ok=True)
    subprocess.run(["mount", "-t", "tmpfs", "names", "/run/netns"], check=True)


def bring_up():
    """Brings the interfaces up and returns the TUN device's descriptor."""
    sysctl("net/ipv6/conf/all/disable_ipv6", 0)
    sysctl("net/ipv6/conf/default/disable_ipv6", 0)
    sysctl("net/ipv6/conf/default/accept_dad", 0)
    sysctl("net/ipv6/conf/default/router_solicitations", 0)
    # Half-open connections and unanswered segments must outlive the whole suite.
    sysctl("net/ipv4/tcp_synack_retries", 60)
    sysctl("net/ipv4/tcp_syn_retries", 60)
    sysctl("net/ipv4/tcp_retries2", 60)
    sysctl("net/ipv4/tcp_orphan_retries", 60)
    ip("link set lo up")
    ip("link add near type veth peer name far")
    for name in ("near", "far"):
        ip(f"link set {name} addrgenmode none")
        ip(f"link set {name} up")
    ip(f"addr add {LAN_V4}/24 dev near")
    ip(f"addr add {LONG_V6}/64 dev near nodad")
    ip(f"addr add {LINK_LOCAL}/64 dev near nodad")

    tun = os.open("/dev/net/tun", os.O_RDWR)
    fcntl.ioctl(tun, TUNSETIFF, struct.pack("16sH22x", b"tun0", IFF_TUN_NO_PI))
    ip("link set tun0 addrgenmode none")
    ip("link set tun0 up")
    ip(f"addr add {TUN_V4}/24 dev tun0")
    ip(f"addr add {TUN_V6}/64 dev tun0 nodad")
    wait_for(LONG_V6, LINK_LOCAL, TUN_V6)
    return tun


def wait_for(*addresses):
    """
    Until these IPv6 addresses are the machine's own. The kernel makes them so in its own time, behind whatever it does
    to the network elsewhere; until then a connection to one goes out and finds nobody.
    """
    while True:
        shown = subprocess.run(
            ["ip", "-6", "route", "show", "table", "local"], check=True, stdout=subprocess.PIPE, text=True
        )
        own = {line.split()[1] for line in shown.stdout.splitlines() if line.startswith("local ")}
        if own.issuperset(addresses):
            return
        time.sleep(0.02)
