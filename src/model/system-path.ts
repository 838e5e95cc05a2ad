/** Where systems keep their own programs. */
export const systemFolders: readonly string[] = ['/usr/sbin', '/usr/bin', '/sbin', '/bin'];

/**
 * The PATH by which a program is found that we run: the system's folders come before those of
 * `path`, which may be somebody else's where we run as root, and a folder that is not absolute is
 * left out, since it means another one wherever we are.
 */
export function systemPath(path: string | undefined): string {
  const others = (path ?? '')
    .split(':')
    .filter((folder) => folder.startsWith('/') && !systemFolders.includes(folder));
  return [...systemFolders, ...others].join(':');
}
