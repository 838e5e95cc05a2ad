import { readFileSync } from 'node:fs';

/** A mount: a line of /proc/PID/mountinfo (proc_pid_mountinfo(5)). */
export interface Mount {
  readonly filesystem: string;
  /** The mounted part of the filesystem: a folder in it, or for nsfs `net:[4026531840]`. */
  readonly top: string;
  readonly path: string;
  /** Those of the filesystem, between commas: of cgroups of version 1 their controllers. */
  readonly options: string;
}

/** Parses /proc/PID/mountinfo, in its order. */
export function mountsIn(text: string): readonly Mount[] {
  return text.split('\n').flatMap((line) => {
    const [mount = '', source = ''] = line.split(' - ');
    const [, , , top, path] = mount.split(' ');
    const [filesystem = '', , options = ''] = source.split(' ');
    if (top === undefined || path === undefined || filesystem === '') return [];
    return [{ filesystem, top: unescaped(top), path: unescaped(path), options }];
  });
}

/** The mounts that a process sees; empty if they cannot be read. */
export function mountsOf(mountInfo: string): readonly Mount[] {
  try {
    return mountsIn(readFileSync(mountInfo, 'utf8'));
  } catch {
    return [];
  }
}

/** Blanks, tabs, line breaks and backslashes are written as three octal digits there. */
function unescaped(path: string): string {
  return path.replace(/\\([0-7]{3})/g, (_, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 8)),
  );
}
