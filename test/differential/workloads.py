"""Processes in cgroups as runtimes make them, each with sockets, for --workloads.

    python3 workloads.py FOLDER CGROUP2

CGROUP2 is where version 2's tree is mounted; the cgroups go below a new one there, which is told first so
that it can be removed. It writes FOLDER/workloads.json when all sockets are open: {"top": the new cgroup's
path, "ports": {port: {"path", "pid"}}, "shared": a port that two of them hold}.
"""

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time

folder, tree, *guest = sys.argv[1:]
ID = "0123456789ab".ljust(64, "c")
POD = "0d3fb4a2-5b1c-4f0e-9c7d-1234567890ab"
PATHS = [
    "system.slice/nginx.service",
    f"system.slice/docker-{ID}.scope",
    f"docker/{ID}",
    f"machine.slice/libpod-{ID}.scope/container",
    f"kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod{POD.replace('-', '_')}.slice/cri-containerd-{ID}.scope",
    f"kubepods/besteffort/pod{POD}/{ID}",
    "lxc.payload.web/system.slice/apache2.service",
    "machine.slice/machine-web\\x2dtwo.scope/payload",
    "user.slice/user-1000.slice/session-3.scope",
    "user.slice/user-1000.slice/user@1000.service/app.slice/app-flatpak-org.example.App-42.scope",
    "system.slice/snap.lxd.daemon.service",
    # Names are anybody's who may make cgroups.
    "system.slice/evil\x1b[31m;$(id) \u202e.service",
    "system.slice/two words.service",
    "none-that-we-know",
]


def enter(path):
    with open(os.path.join(tree + path, "cgroup.procs"), "w") as procs:
        procs.write("0")


def serve(path, ready, also=None):
    enter(path)
    sock = also or socket.socket()
    if also is None:
        sock.bind(("127.0.0.1", 0))
        sock.listen(8)
        udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        udp.bind(sock.getsockname())
    local = socket.socket(socket.AF_UNIX)
    local.bind("")
    local.listen(1)
    os.write(ready, f"{sock.getsockname()[1]}\n".encode())
    signal.pause()


def start(path, also=None):
    """The port and the PID of a process in a cgroup."""
    reader, writer = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(reader)
        serve(path, writer, also)
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader) as told:
        return int(told.readline()), pid


if guest:
    sock = socket.socket()
    sock.bind(("0.0.0.0", 0))
    sock.listen(8)
    os.write(1, b"x")
    signal.pause()

subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
top = tempfile.mkdtemp(prefix="tsnetstat-", dir=tree)
os.chmod(top, 0o755)
with open(os.path.join(folder, "top"), "w") as told:
    told.write(top)
ports = {}
for path in PATHS:
    whole = f"/{os.path.basename(top)}/{path}"
    os.makedirs(tree + whole)
    port, pid = start(whole)
    ports[port] = {"path": whole, "pid": pid}

# One socket, held by processes of two workloads.
shared = socket.socket()
shared.bind(("127.0.0.2", 0))
shared.listen(8)
port = shared.getsockname()[1]
for name in ("one.service", "two.service"):
    whole = f"/{os.path.basename(top)}/system.slice/{name}"
    os.makedirs(tree + whole)
    start(whole, shared)
shared.close()

# A client in a workload of its own, whose server does not take the connection.
client = f"/{os.path.basename(top)}/system.slice/client.service"
os.makedirs(tree + client)
server = next(port for port, told in ports.items() if told["path"].endswith("/nginx.service"))
reader, writer = os.pipe()
if os.fork() == 0:
    enter(client)
    sock = socket.create_connection(("127.0.0.1", server))
    os.write(writer, b"x")
    signal.pause()
os.read(reader, 1)

# Connections that their program does not close, though the other end has.
leaking = f"/{os.path.basename(top)}/system.slice/leaking.service"
os.makedirs(tree + leaking)
reader, writer = os.pipe()
if os.fork() == 0:
    enter(leaking)
    sock = socket.socket()
    sock.bind(("127.0.0.5", 0))
    sock.listen(8)
    for _ in range(5):
        other = socket.create_connection(sock.getsockname())
        kept = sock.accept()[0]
        other.close()
        kept.detach()
    sock.close()
    os.write(writer, b"x")
    signal.pause()
os.read(reader, 1)

# A real server: its first process is root's, those that work are another user's.
real = f"/{os.path.basename(top)}/system.slice/nginx-real.service"
os.makedirs(tree + real)
with open(os.path.join(folder, "nginx.conf"), "w") as conf:
    conf.write(
        f"daemon off; pid {folder}/nginx.pid; error_log /dev/null; user a-user-with-a-long-name nogroup;"
        "worker_processes 2; events {} http { access_log off; server { listen 127.0.0.4:8080; } }"
    )
nginx = os.fork()
if nginx == 0:
    enter(real)
    os.execv("/usr/sbin/nginx", ["nginx", "-c", os.path.join(folder, "nginx.conf")])


def workers():
    with open(f"/proc/{nginx}/task/{nginx}/children") as children:
        return len(children.read().split())


# It listens before it starts them.
while workers() < 2:
    time.sleep(0.05)

# Made in one cgroup and held by a process outside of all, as systemd does for a .socket unit.
whole = f"/{os.path.basename(top)}/system.slice/made.socket"
os.makedirs(tree + whole)
mine, theirs = socket.socketpair()
maker = os.fork()
if maker == 0:
    enter(whole)
    sock = socket.socket()
    sock.bind(("127.0.0.3", 0))
    sock.listen(8)
    socket.send_fds(theirs, [b"x"], [sock.fileno()])
    os._exit(0)
_, fds, _, _ = socket.recv_fds(mine, 1, 1)
os.waitpid(maker, 0)
handed = socket.socket(fileno=fds[0])

# A network that a plugin of CNI has named: its first process is of somebody who looks around there, the others are
# of a pod and, as another user, of a container.
subprocess.run("mount -t tmpfs none /run/netns".split(), check=True)
network = f"cni-{POD}"
subprocess.run(["ip", "netns", "add", network], check=True)
for path, uid in (
    ("user.slice/user-1000.slice/session-3.scope", 0),
    (f"kubepods/burstable/pod{POD.replace('0d3f', 'e5c4')}/{ID[::-1]}", 0),
    (f"docker/{ID[::-1]}", 65534),
):
    whole = f"{top}/{path}"
    os.makedirs(whole, exist_ok=True)
    inside = ["sh", "-c", 'echo 0 >"$0/cgroup.procs" && exec "$@"', whole]
    there = ["nsenter", f"--net=/run/netns/{network}", f"--setuid={uid}", f"--setgid={uid}"]
    guest = [sys.executable, "-B", __file__, folder, tree, "guest"]
    subprocess.Popen([*inside, *there, *guest], stdout=subprocess.PIPE).stdout.read(1)

with open(os.path.join(folder, "workloads.tmp"), "w") as out:
    json.dump(
        {
            "top": f"/{os.path.basename(top)}",
            "ports": ports,
            "shared": port,
            "handed": handed.getsockname()[1],
        },
        out,
    )
os.rename(os.path.join(folder, "workloads.tmp"), os.path.join(folder, "workloads.json"))
signal.pause()
