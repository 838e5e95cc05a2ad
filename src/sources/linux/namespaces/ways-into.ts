import type { Netns } from '../../../model/machine/netns.ts';
import type { Proc } from '../proc/proc.ts';
import { findNamespaces, type Namespace } from './find-namespaces.ts';
import { nameOfFile } from './held.ts';

/** As `Source.waysInto`: by the name in `ip netns`, by another file, or by a process. */
export function waysInto(proc: Proc): (netns: Netns) => readonly string[] | null {
  const { namespaces } = findNamespaces(proc);
  const known = new Map(namespaces.map((one) => [one.netns.inode, one]));
  return ({ inode }) => {
    const namespace = inode === null ? undefined : known.get(inode);
    return namespace === undefined ? null : wayInto(proc.root, namespace);
  };
}

function wayInto(root: string, { files, pids }: Namespace): readonly string[] | null {
  for (const file of files) {
    const name = nameOfFile(file);
    if (name !== null) return ['ip', 'netns', 'exec', name];
  }
  const [pid] = pids;
  const file = files[0] ?? (pid === undefined ? null : `${root}/${pid}/ns/net`);
  return file === null ? null : ['nsenter', `--net=${file}`];
}
