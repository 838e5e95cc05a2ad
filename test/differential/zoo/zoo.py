"""A zoo of awkward sockets for comparing netstat programs.

Runs as PID 1 of fresh network, PID and mount namespaces:

    unshare --net --pid --mount --fork --mount-proc -- python3 zoo.py PROFILE FOLDER

FOLDER/etc holds files to put over those of /etc; FOLDER/mounts holds lines `SOURCE TARGET` to bind.
When all sockets are open it prints one line of JSON. It then answers commands, a line each, with a
line each, until its standard input ends; every process of the zoo ends with it.
"""

import json
import os
import resource
import signal
import socket
import subprocess
import sys

import inet
import local
import network
import peer
import processes

UNKNOWN_UID, NOBODY, LONG_NAMED_UID = 4242, 65534, 4000

ORDINARY_NAMES = [
    b"/usr/sbin/sshd",
    b"nginx: master process x",
    b"sshd: user@pts/0",
    b"./relative/path/prog",
    b"-bash",
    b"[kthread/0]",
    b"(parens)",
    b"/opt/my app/bin/name with blanks",
    b"n" * 60,
    b"/usr/bin/" + b"m" * 60,
    b"exactly-19-chars",
    "/usr/bin/café日本".encode(),
    b"",
    b"/",
    b"/usr/bin/",
    b" leading blank",
    b"/usr/bin/perl /usr/share/script.pl",
    b"a/b c/d",
    b"/" + b"deep/" * 120 + b"prog",
    b"x" * 600,
]

HOSTILE_NAMES = [
    b"\x1b[31mred\x1b[0m",
    b"/usr/bin/\x1b]0;title\x07",
    b"line\nbreak",
    b"ret\rurn",
    b"tab\there",
    b"\xff\xfe",
    b"c1\xc2\x9b2J",
    b"over\xe2\x80\xaeexe",
    "日本日本日本日本日本".encode(),
    b"abc\x1b[0mdefghijklmnopq",
]


def put_mounts(folder):
    mount = ["mount", "--bind"]
    etc = os.path.join(folder, "etc")
    for name in os.listdir(etc):
        subprocess.run([*mount, os.path.join(etc, name), os.path.join("/etc", name)], check=True)
    with open(os.path.join(folder, "mounts"), encoding="utf-8") as file:
        for line in file:
            subprocess.run([*mount, *line.rstrip("\n").split("\t")], check=True)
    subprocess.run(["mount", "-t", "tmpfs", "zoo", "/mnt"], check=True)
    os.chmod("/mnt", 0o755)
    network.leave_others()


def named(names, first_port):
    """One listener for each name, held by a process of that name alone."""
    pids = {}
    for number, name in enumerate(names):
        sock = inet.listen(socket.AF_INET, "127.0.0.1", first_port + number)
        pids[processes.hold([sock], name)] = name
        sock.close()
    return pids


def shared():
    """Listeners that several processes hold: forked workers, and two unrelated programs."""
    tcp = inet.listen(socket.AF_INET, "0.0.0.0", 7001)
    unix = local.bound(local.STREAM, b"/mnt/shared.sock", listening=True)
    holders = (([tcp, unix], b"worker: first"), ([tcp], b"worker: second"), ([unix, tcp], b"/bin/o"))
    pids = {processes.hold(sockets, name): name for sockets, name in holders}
    tcp.close()
    unix.close()
    return pids


def of_users():
    """Sockets made and held by other users: one with a long name, nobody, and one without a name."""
    pids = {}
    for number, uid in enumerate((NOBODY, LONG_NAMED_UID, UNKNOWN_UID)):
        name = b"/usr/bin/of-user-%d" % uid
        pid = os.fork()
        if pid:
            pids[pid] = name
        else:
            os.setgroups([])
            os.setresgid(uid, uid, uid)
            os.setresuid(uid, uid, uid)
            processes.die_with_parent()
            sockets = [
                inet.listen(socket.AF_INET, "127.0.0.1", 7100 + number),
                inet.listen(socket.AF_INET6, "::1", 7100 + number),
                inet.connected(socket.AF_INET, "127.0.0.1", 22, ("127.0.0.1", 7200 + number)),
                socket.socket(socket.AF_INET, socket.SOCK_DGRAM),
                local.bound(local.STREAM, b"\0of user %d" % uid, listening=True),
            ]
            sockets[3].bind(("127.0.0.1", 7100 + number))
            for sock in sockets:
                os.set_inheritable(sock.fileno(), True)
            processes.become_sleep(name)
    return pids


def open_ordinary(far):
    kept = inet.tcp_with_itself() + inet.tcp_with_the_peer(far)
    kept += inet.datagram() + inet.raw() + local.ordinary("/mnt")
    pids = of_users() | named(ORDINARY_NAMES, 7300) | shared()
    nameless = inet.listen(socket.AF_INET6, "::1", 7400)
    processes.hold_nameless([nameless])
    nameless.close()
    processes.zombie()
    for number in (32767, 123456, 4194000):
        processes.next_pid(number)
        pids |= named([b"/usr/bin/a-long-program-name"], 7500 + number % 100)
    inet.time_wait()
    return kept, pids


def open_hostile(_far):
    return local.hostile("/mnt"), named(HOSTILE_NAMES, 7300)


def open_nothing(_far):
    return [], {}


def open_still(_far):
    """Sockets of which none changes by itself, so that two readings agree."""
    kept = [inet.listen(socket.AF_INET, "127.0.0.1", 22)]
    kept += inet.datagram() + inet.raw() + local.ordinary("/mnt")
    return kept, of_users() | named(ORDINARY_NAMES[:8], 7300) | shared()


def open_crowded(far):
    """The same and 10,000 connections, each with both ends in one of eight processes."""
    limit = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (limit, limit))
    still = open_still(far)
    for number in range(8):
        server = inet.listen(socket.AF_INET, f"127.0.1.{number + 1}", 7600 + number, backlog=1024)
        ready, done = os.pipe()
        if os.fork() == 0:
            processes.die_with_parent()
            held = []
            for _ in range(1250):
                client = socket.create_connection(server.getsockname())
                held += [client, server.accept()[0]]
            os.write(done, b"!")
            while True:
                signal.pause()
        os.read(ready, 1)
        for descriptor in (ready, done):
            os.close(descriptor)
        still[0].append(server)
    return still


PROFILES = {
    "empty": open_nothing,
    "ordinary": open_ordinary,
    "hostile": open_hostile,
    "still": open_still,
    "crowded": open_crowded,
}


def main():
    profile, folder = sys.argv[1:]
    put_mounts(folder)
    far = peer.Peer(network.bring_up())
    kept, pids = PROFILES[profile](far)
    # Holders must have become what they are named after before anyone looks.
    for pid in pids:
        peer.wait_until(
            lambda pid=pid: os.readlink(f"/proc/{pid}/exe") == os.path.realpath(processes.SLEEP),
            f"process {pid} did not start",
        )
    ready = {
        "programs": [[pid, name.decode("latin-1")] for pid, name in pids.items()],
    }
    print(json.dumps(ready), flush=True)
    assert kept is not None  # Held here for as long as the zoo is open.
    for line in sys.stdin:
        if line.strip() == "renew":
            inet.time_wait()
            print(json.dumps({"renewed": True}), flush=True)


main()
