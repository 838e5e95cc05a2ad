import { isOfRootAlone, isRoot } from './root-alone.ts';

/** Where systems keep their own programs. */
export const systemFolders: readonly string[] = ['/usr/sbin', '/usr/bin', '/sbin', '/bin'];

/**
 * The PATH for programs that we run: the system's folders come before those of `path`. Relative folders are left out,
 * since they depend on the current directory, and for root those where other users could have put a program.
 */
export function systemPath(path: string | undefined, forRoot = isRoot()): string {
  const others = (path ?? '')
    .split(':')
    .filter((folder) => folder.startsWith('/') && !systemFolders.includes(folder))
    .filter((folder) => !forRoot || isOfRootAlone(folder));
  return [...systemFolders, ...others].join(':');
}

/**
 * Every path where a program may be, in the order of `systemPath`; for root none that another user could have put
 * there.
 */
export function systemPrograms(
  name: string,
  path: string | undefined,
  forRoot = isRoot(),
): readonly string[] {
  const isTrusted = (folder: string, file: string) =>
    !forRoot || systemFolders.includes(folder) || isOfRootAlone(file);
  return systemPath(path, forRoot)
    .split(':')
    .flatMap((folder) => {
      const file = `${folder}/${name}`;
      return isTrusted(folder, file) ? [file] : [];
    });
}
