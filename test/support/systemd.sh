# Starts systemd as the first process of namespaces of its own, with nothing but the units of a folder and a
# journal: `systemd.sh CGROUP UNITS`. Nothing of it is left once its first process has ended.
set -eu
hierarchies=/sys/fs/cgroup
if [ "${1:-}" != inside ]; then
  for hierarchy in "$hierarchies" "$hierarchies"/*; do
    [ -e "$hierarchy/cgroup.procs" ] || continue
    mkdir -p "$hierarchy/$1"
    # Nothing may run in a set of no processors.
    for file in cpuset.mems cpuset.cpus; do
      [ ! -e "$hierarchy/$1/$file" ] || cat "$hierarchy/$file" > "$hierarchy/$1/$file"
    done
    echo $$ > "$hierarchy/$1/cgroup.procs"
  done
  exec unshare --pid --mount --net --ipc --uts --cgroup --fork --kill-child --propagation private \
    bash "$0" inside "$2"
fi

mount -t proc proc /proc
mount -t tmpfs tmpfs /var/log
# Of cgroups it sees its own alone, by mounts of its own: it makes and mounts what it takes for missing.
if [ -e "$hierarchies/cgroup.procs" ]; then
  mount -t cgroup2 cgroup2 "$hierarchies"
else
  mount -t tmpfs tmpfs "$hierarchies"
  mkdir "$hierarchies/unified" "$hierarchies/systemd"
  mount -t cgroup2 cgroup2 "$hierarchies/unified"
  mount -t cgroup -o none,name=systemd cgroup "$hierarchies/systemd"
fi
# Devices too are its own: it makes /dev/log.
devices=$(mktemp -d)
mount -t tmpfs tmpfs "$devices"
for device in null zero full random urandom tty; do
  touch "$devices/$device"
  mount --bind "/dev/$device" "$devices/$device"
done
# PrivateDevices= takes the last two from here.
mkdir "$devices/shm" "$devices/pts" "$devices/mqueue"
ln -s pts/ptmx "$devices/ptmx"
ln -s /proc/self/fd "$devices/fd"
mount --move "$devices" /dev
rmdir "$devices"
units=$(mktemp -d)
cp -r "$2/." "$units"
mount -t tmpfs tmpfs /run
mkdir -p /run/units /run/systemd/journal /run/lock
cp -r "$units/." /run/units
rm -r "$units"
cat > /run/units/default.target << 'END'
[Unit]
DefaultDependencies=no
Requires=systemd-journald.service
After=systemd-journald.service
END
# What the units of a whole system stand on is there by name alone.
for target in sysinit basic shutdown timers sockets multi-user network-online; do
  printf '[Unit]\nDefaultDependencies=no\n' > "/run/units/$target.target"
done
cp /lib/systemd/system/systemd-journald*.socket /lib/systemd/system/systemd-journald.service /run/units
# Credentials are mounted by a child of it, which has a mount namespace of its own.
mount --make-rshared /
export container=other SYSTEMD_UNIT_PATH=/run/units SYSTEMD_LOG_TARGET=journal
exec /lib/systemd/systemd --system --show-status=no
