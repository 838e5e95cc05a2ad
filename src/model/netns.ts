/** A network namespace: the network that a socket, a route, an interface belongs to. */
export interface Netns {
  /** Its inode number, as `ls -l /proc/PID/ns/net` and lsns(8) have it; null: not told to this user. */
  readonly inode: number | null;
  /**
   * What it is called: by `ip netns`, else (or where something made that up) by the container or unit that lives in
   * it; null: by nobody.
   */
  readonly name: string | null;
  /** It is the one that this program runs in. */
  readonly own: boolean;
}

/** A row that says where it is of. */
export interface InNetns {
  /**
   * The network namespace that it is of: there where it was asked for. Rows of one namespace have the same
   * object.
   */
  readonly netns?: Netns;
}

/**
 * How it is shown: by its name, else by its number; `(own)` stands for an own one without a name. Empty where
 * nothing of it is told.
 */
export function netnsText({ inode, name, own }: Netns): string {
  return name ?? (own ? '(own)' : String(inode ?? ''));
}

/** What a namespace is known by again in the next round; null: nothing that it is told of tells. */
export function netnsKey({ inode, name, own }: Netns): string | null {
  if (own) return 'own';
  return inode === null ? name && `=${name}` : String(inode);
}

/** The same of a row, or of what is told of a network; where nobody asked for networks that is the own one. */
export function networkKey({ netns }: InNetns): string {
  return netns === undefined ? 'own' : (netnsKey(netns) ?? '');
}

/** What a row, a finding or a word says of where it is of; null: of no network namespace by itself. */
export function inNetns(netns: Netns | null): InNetns {
  return netns === null ? {} : { netns };
}
