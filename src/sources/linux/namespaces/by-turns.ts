import { closeSync, statSync } from 'node:fs';
import { stale } from '../errno-name.ts';
import type { Libc } from '../libc.ts';
import { failure } from '../netlink/diag-file.ts';
import { type Door, numbered, openDoor, pathInside } from './door.ts';
import type { Inside } from './inside.ts';

/**
 * Opens things in other network namespaces in the calling thread, which enters for one call at a time and returns at
 * once: nothing else can run meanwhile. A thread for that takes longer to start than it takes to open all of them. Only for
 * a program that owns its threads: should the kernel not let it return, nothing is answered any more. null: it could not
 * return, so it does not enter.
 */
export function insideByTurns(
  libc: Pick<Libc, 'enterNetwork' | 'openSockDiag' | 'openDestroyed' | 'openFile'>,
  start: () => Promise<Inside | null>,
  home: Door | null = ownDoor(),
): Inside | null {
  const ownFd = home === null ? stale : openDoor(home);
  if (ownFd < 0) return null;
  // What is not permitted is refused here too: the own namespace may belong to another user namespace.
  if (libc.enterNetwork(ownFd) < 0) {
    closeSync(ownFd);
    return null;
  }
  let opened: { readonly door: Door; readonly fd: number } | null = null;
  let isAway = false;
  let runner: Promise<Inside | null> | null = null;

  const close = () => {
    if (opened !== null) closeSync(opened.fd);
    opened = null;
  };
  /** The descriptor of a door, which stays open until another one is asked for; negative: an errno, negated. */
  const fdOf = (door: Door): number => {
    if (opened?.door.file === door.file && opened.door.inode === door.inode) return opened.fd;
    close();
    const fd = openDoor(door);
    if (fd >= 0) opened = { door, fd };
    return fd;
  };
  /** Does something in the namespace of a door's descriptor, whose number was compared; negative: an errno, negated. */
  const turn = (door: Door, task: () => number): number => {
    if (isAway) throw new Error(cannotReturn);
    const fd = fdOf(door);
    if (fd < 0) return fd;
    const entered = libc.enterNetwork(fd);
    if (entered < 0) return entered;
    const answer = numbered(task);
    isAway = libc.enterNetwork(ownFd) < 0;
    if (isAway) throw new Error(cannotReturn);
    return answer;
  };

  return {
    enter: (door) => turn(door, () => 0),
    openSockDiag: (door, timeout) => turn(door, () => libc.openSockDiag(timeout)),
    openDestroyed: (door, groups, room) => turn(door, () => libc.openDestroyed(groups, room)),
    openFile(door, path) {
      const fd = turn(door, () => libc.openFile(pathInside(path)));
      if (fd < 0) throw failure(fd);
      return fd;
    },
    // A child starts in the namespace of the thread that starts it, and lasts: that takes a thread inside.
    async run(door, command, limit) {
      runner ??= start();
      return (await runner)?.run(door, command, limit) ?? null;
    },
    isLost: false,
    end() {
      close();
      closeSync(ownFd);
      runner?.then((inside) => inside?.end());
      if (isAway) throw new Error(cannotReturn);
    },
  };
}

const cannotReturn = 'the kernel does not let this thread return to its network namespace';

/** The namespace of the calling thread; null: this /proc does not show it. */
function ownDoor(): Door | null {
  const file = '/proc/thread-self/ns/net';
  const inode = numbered(() => statSync(file).ino);
  return inode < 0 ? null : { file, inode };
}
