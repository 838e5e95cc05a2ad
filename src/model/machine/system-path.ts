/** Where systems keep their own programs. */
export const systemFolders: readonly string[] = ['/usr/sbin', '/usr/bin', '/sbin', '/bin'];

/**
 * The PATH for programs that we run: the system's folders come before those of `path`, which another user may
 * control while we run as root. Relative folders are left out, since they depend on the current directory.
 */
export function systemPath(path: string | undefined): string {
  const others = (path ?? '')
    .split(':')
    .filter((folder) => folder.startsWith('/') && !systemFolders.includes(folder));
  return [...systemFolders, ...others].join(':');
}
