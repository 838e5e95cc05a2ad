import { lazilyFor } from '../../../flow/lazily.ts';
import type { Socket } from '../../../model/socket/socket.ts';
import { keptCgroup } from '../netlink/socket-cgroup.ts';
import type { Proc } from '../proc/proc.ts';
import { type Cgroup, isContained, isSystemd } from './cgroup.ts';
import { cgroupFolders } from './cgroup-folders.ts';
import { isOnlyKeepers, workloadOfPath } from './cgroup-path.ts';
import { mayKeep } from './kept-by.ts';
import { socketUnits } from './socket-units.ts';

/** Finds cgroups that the owners of a socket do not tell. */
export interface SocketCgroups {
  /** That of a socket whose owners do not decide: none is known, or it is systemd itself. */
  of(socket: Socket, owners: readonly Cgroup[]): Cgroup | null;
  /**
   * The cgroup of that systemd with the unit for which it holds the socket; or the unit's own, if the socket was created
   * there. null: the unit is not known.
   */
  heldBy(systemd: Cgroup, socket: Socket): Cgroup | null;
}

/** `root`: as in `containerNamer`. */
export function socketCgroups(
  proc: Proc,
  cgroupAt: (path: string) => Cgroup,
  root: string | null,
): SocketCgroups {
  const folders = cgroupFolders();
  /** null: not there, or containers without cgroups of their own may be in it, of which nothing else is known. */
  const pathOf = lazilyFor((id: number) => {
    const path = folders.pathOf(id);
    if (path === null || isContained(cgroupAt(path).workload) || isOnlyKeepers(path)) return path;
    return folders.processesIn(id).some((pid) => mayKeep(proc, pid)) ? null : path;
  });
  const unitOf = root === null ? () => null : socketUnits(root);
  /** systemd's cgroup with a unit for which it holds a socket: by the cgroup's path, then by unit. */
  const held = lazilyFor((path: string) =>
    lazilyFor((unit: string): Cgroup => ({ path, workload: workloadOfPath(`/${unit}`) })),
  );

  /** The cgroup that created the socket. */
  function makersCgroup(socket: Socket): Cgroup | null {
    if (socket.protocol === 'unix') return null;
    const id = keptCgroup(socket);
    const path = id === undefined ? null : pathOf(id);
    return path === null ? null : cgroupAt(path);
  }

  function heldBy(systemd: Cgroup, socket: Socket): Cgroup | null {
    const maker = makersCgroup(socket);
    if (maker?.workload?.unit?.endsWith('.socket')) return maker;
    // The files are those of the machine's units.
    const unit = isSystemd(systemd) ? unitOf(socket) : null;
    return unit === null ? null : held(systemd.path)(unit);
  }

  return {
    of(socket, owners) {
      const systemd = owners.find(({ workload }) => workload !== null);
      return systemd === undefined ? makersCgroup(socket) : (heldBy(systemd, socket) ?? systemd);
    },
    heldBy,
  };
}
