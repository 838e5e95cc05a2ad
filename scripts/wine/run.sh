#!/bin/bash
# run.sh FOLDER PROGRAM [ARG...]: runs a Windows program under the Wine that setup.sh made.
#
# FOLDER is Z:\lab there, and the current folder; node.exe is Z:\node.exe.
# Standard streams must be files, as Wine cannot handle pipes: run.sh ... >out 2>err </dev/null
# The program sees no process, socket or interface of this machine: it has a network of its own
# (loopback, and the interface lan0 with 192.0.2.7/24, fe80::7 and a gateway), and when it ends,
# everything that it started ends with it. Runs wait for each other.
set -euo pipefail

dir=$(realpath -m "${TSNETSTAT_WINE_DIR:-${XDG_CACHE_HOME:-$HOME/.cache}/tsnetstat-wine}")
root=$dir/root
lab=$(realpath "${1:?the folder to run in}")
shift
[ -e "$root/usr/lib/wine/wine64" ] || { echo "run.sh: no Wine in $dir; run setup.sh" >&2; exit 1; }
ulimit -n 65536 2>/dev/null || true
mkdir -p "$root/lab" "$root/proc" "$root/dev" "$root/tmp"

exec 9>"$dir/lock"
flock 9
export root lab

# unshare ignores SIGTERM and SIGINT; SIGKILL ends it and everything within.
exec unshare --mount --net --pid --fork --kill-child -- /bin/bash -euc '
  exec 9>&-
  mount -t proc proc "$root/proc"
  mount --rbind /dev "$root/dev"
  mount -t tmpfs tmpfs "$root/tmp"
  mount --bind "$lab" "$root/lab"
  ip link set lo up
  ip link add lan0 type veth peer name lan1
  ip link set lan0 up
  ip link set lan1 up
  ip address add 192.0.2.7/24 dev lan0
  ip address add fe80::7/64 dev lan0 nodad
  # Known but never answering: packets to the gateway are lost.
  ip neighbour add 192.0.2.1 lladdr 02:00:00:00:00:01 dev lan0
  ip route add default via 192.0.2.1 dev lan0
  inside=(chroot "$root" /usr/bin/env -i \
    PATH=/usr/bin:/bin HOME=/root LC_ALL=C.UTF-8 XDG_RUNTIME_DIR=/tmp \
    WINEPREFIX=/wineprefix WINEDEBUG=-all WINEDLLOVERRIDES="mscoree,mshtml=")
  code=0
  "${inside[@]}" /bin/sh -c "cd /lab && exec /usr/lib/wine/wine64 \"\$@\"" sh "$@" || code=$?
  # The namespace would end abruptly: let Wine write its registry first.
  "${inside[@]}" /usr/lib/wine/wineserver64 -k || true
  exit "$code"
' run.sh "$@"
