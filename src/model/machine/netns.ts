/** A network namespace, to which a socket, a route or an interface belongs. */
export interface Netns {
  /** Its inode number, as in `ls -l /proc/PID/ns/net` and lsns(8); null: hidden from this user. */
  readonly inode: number | null;
  /**
   * Its name in `ip netns`; otherwise (or if a program generated that name) the name of the container or unit in
   * it; null: it has none.
   */
  readonly name: string | null;
  /** Whether this program runs in it. */
  readonly own: boolean;
}

/** A row that may name its network namespace. */
export interface InNetns {
  /** Present if network namespaces were asked for. Rows of one namespace share the same object. */
  readonly netns?: Netns;
}

/** Whether a row is of this program's own namespace, as all are if namespaces were not asked for. */
export function isOfOwnNetns({ netns }: InNetns): boolean {
  return netns === undefined || netns.own;
}

/** What stands for this program's own namespace, in what is asked and in output. */
export const ownNetnsWords: ReadonlySet<string> = new Set(['own', '(own)']);

/**
 * A namespace as shown: its name, else its number, or `(own)` for this program's own without a name. Empty if
 * nothing is known.
 */
export function netnsText({ inode, name, own }: Netns): string {
  return name ?? (own ? '(own)' : String(inode ?? ''));
}

/** ` in web`, to be put behind what is there; empty for this program's own namespace, and if nothing is known of it. */
export function inNetnsText(netns: Netns | null | undefined): string {
  const text = netns == null || netns.own ? '' : netnsText(netns);
  return text === '' ? '' : ` in ${text}`;
}

/** Whether a word is what a namespace is shown by, or its number. */
export function isNetnsCalled(netns: Netns, word: string): boolean {
  return netnsText(netns) === word || String(netns.inode) === word;
}

/** A key that identifies a namespace across rounds; null: nothing known identifies it. */
export function netnsKey({ inode, name, own }: Netns): string | null {
  if (own) return 'own';
  return inode === null ? name && `=${name}` : String(inode);
}

/** The key of a row's namespace, or of any object with `netns`; `own` if namespaces were not asked for. */
export function networkKey({ netns }: InNetns): string {
  return netns === undefined ? 'own' : (netnsKey(netns) ?? '');
}

/** The `netns` field for a row, a finding or a warning; null: no field. */
export function inNetns(netns: Netns | null): InNetns {
  return netns === null ? {} : { netns };
}
