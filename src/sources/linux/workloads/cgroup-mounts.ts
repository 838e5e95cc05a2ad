/** The mounts that a process sees, and the path at which its root can be reached. */
export interface MountView {
  readonly mountInfo: string;
  readonly root: string;
}

/** The views in which cgroups may be mounted for who reads a live /proc: one's own, then that of its first process. */
export function viewsOf(procRoot: string): readonly MountView[] {
  // `ip netns exec` hides cgroups from what it runs.
  const first = { mountInfo: `${procRoot}/1/mountinfo`, root: `${procRoot}/1/root` };
  return procRoot === '/proc' ? [{ mountInfo: '/proc/self/mountinfo', root: '' }, first] : [first];
}
