/** Descriptors that are sockets: process, inode and descriptor of each, side by side. */
export interface SocketDescriptors {
  readonly length: number;
  readonly pids: Int32Array;
  /** Inodes can need more than 31 bits. */
  readonly inodes: Float64Array;
  readonly fds: Int32Array;
}

/** In place of a descriptor's number: the process holds the socket without one. */
export const noDescriptor = -1;

/**
 * What a walk looks at. `netstat`: each process's own table of descriptors, which is all that netstat
 * sees. `all`: also where else a socket can be held.
 */
export type WalkDepth = 'netstat' | 'all';

/** A descriptor of a process, in the table of one of its threads. */
export interface OtherDescriptor {
  readonly pid: number;
  readonly tid: number;
  readonly fd: number;
}

/** What processes hold, as the kernel tells it of all of them at once. */
export interface HeldSockets {
  readonly sockets: SocketDescriptors;
  /** Files of no file system: some of them may be an io_uring, which may hold sockets by itself. */
  readonly others: readonly OtherDescriptor[];
}

/** Collects descriptors. */
export interface DescriptorCollector {
  add(pid: number, inode: number, fd: number): void;
  /** All that were added so far. */
  collected(): SocketDescriptors;
}

/**
 * A collector that has none yet, and room for so many before it has to grow: memory that was not touched before is
 * what costs most.
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
