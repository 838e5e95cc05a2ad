/** Descriptors that are sockets, as parallel arrays of PID, inode and descriptor. */
export interface SocketDescriptors {
  readonly length: number;
  readonly pids: Int32Array;
  /** Inodes can need more than 31 bits. */
  readonly inodes: Float64Array;
  readonly fds: Int32Array;
}

/** Instead of a descriptor: the process holds the socket without one. */
export const noDescriptor = -1;

/**
 * What a walk looks at. `netstat`: each process's own descriptor table, which is all that netstat sees. `all`: every
 * place where a socket can be held.
 */
export type WalkDepth = 'netstat' | 'all';

/** A descriptor in the table of a process's thread. */
export interface OtherDescriptor {
  readonly pid: number;
  readonly tid: number;
  readonly fd: number;
}

/** What all processes hold, as reported by the kernel in one go. */
export interface OwnersAtOnce {
  readonly sockets: SocketDescriptors;
  /** Anonymous files: some may be an io_uring, which may hold sockets itself. */
  readonly others: readonly OtherDescriptor[];
}

/** Collects descriptors. */
export interface DescriptorCollector {
  add(pid: number, inode: number, fd: number): void;
  /** Returns all that were added so far. */
  collected(): SocketDescriptors;
}

/**
 * Returns an empty collector with room for `expected` descriptors before it has to grow: touching new memory is the
 * largest cost.
 */
export function descriptorCollector(expected = 4096): DescriptorCollector {
  let capacity = expected;
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
    collected: () => ({ length, pids, inodes, fds }),
  };
}
