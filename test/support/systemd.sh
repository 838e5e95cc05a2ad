# Starts systemd as the first process of its own namespaces, with only a journal and the units in a directory:
# `systemd.sh CGROUP UNITS`. Nothing is left once its first process has ended.
set -eu
hierarchies=/sys/fs/cgroup
if [ "${1:-}" != inside ]; then
  for hierarchy in "$hierarchies" "$hierarchies"/*; do
    [ -e "$hierarchy/cgroup.procs" ] || continue
    mkdir -p "$hierarchy/$1"
    # Nothing can run in a cpuset without processors.
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
# It gets its own mounts of its own cgroups only: it would create and mount what it believes to be missing.
if [ -e "$hierarchies/cgroup.procs" ]; then
  mount -t cgroup2 cgroup2 "$hierarchies"
else
  mount -t tmpfs tmpfs "$hierarchies"
  mkdir "$hierarchies/unified" "$hierarchies/systemd"
  mount -t cgroup2 cgroup2 "$hierarchies/unified"
  mount -t cgroup -o none,name=systemd cgroup "$hierarchies/systemd"
fi
# It gets its own devices too: it creates /dev/log.
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
# Empty targets, which the units of a complete system depend on.
for target in sysinit basic shutdown timers sockets multi-user network-online; do
  printf '[Unit]\nDefaultDependencies=no\n' > "/run/units/$target.target"
done
cp /lib/systemd/system/systemd-journald*.socket /lib/systemd/system/systemd-journald.service /run/units
# A child process with its own mount namespace mounts credentials.
mount --make-rshared /
export container=other SYSTEMD_UNIT_PATH=/run/units SYSTEMD_LOG_TARGET=journal
exec /lib/systemd/systemd --system --show-status=no
