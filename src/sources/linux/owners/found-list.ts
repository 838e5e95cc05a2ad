/** Descriptors that are sockets: process, inode and descriptor of each, side by side. */
export interface FoundList {
  readonly length: number;
  readonly pids: Int32Array;
  /** Inodes can need more than 31 bits. */
  readonly inodes: Float64Array;
  readonly fds: Int32Array;
}

/** A list that is still growing. */
export interface FoundBuilder {
  add(pid: number, inode: number, fd: number): void;
  list(): FoundList;
}

/** An empty list. */
export function foundBuilder(): FoundBuilder {
  let capacity = 4096;
  let length = 0;
  let pids = new Int32Array(capacity);
  let inodes = new Float64Array(capacity);
  let fds = new Int32Array(capacity);

  function grow(): void {
    capacity *= 2;
    const [oldPids, oldInodes, oldFds] = [pids, inodes, fds];
    pids = new Int32Array(capacity);
    inodes = new Float64Array(capacity);
    fds = new Int32Array(capacity);
    pids.set(oldPids);
    inodes.set(oldInodes);
    fds.set(oldFds);
  }

  return {
    add(pid, inode, fd) {
      if (length === capacity) grow();
      pids[length] = pid;
      inodes[length] = inode;
      fds[length] = fd;
      length++;
    },
    list: () => ({ length, pids, inodes, fds }),
  };
}
