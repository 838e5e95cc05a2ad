/** A network namespace: the network that a socket, a route, an interface belongs to. */
export interface Netns {
  /** Its inode number, as `ls -l /proc/PID/ns/net` and lsns(8) have it; null: not told to this user. */
  readonly inode: number | null;
  /** What it is called: by `ip netns`, else by the container or unit that lives in it; null: by nobody. */
  readonly name: string | null;
  /** It is the one that this program runs in. */
  readonly own: boolean;
}
