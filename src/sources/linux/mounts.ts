import { readFileSync } from 'node:fs';

/** What is mounted somewhere: a line of /proc/PID/mountinfo (proc_pid_mountinfo(5)). */
export interface Mount {
  readonly filesystem: string;
  /** What of the filesystem: a folder in it, or as nsfs has it `net:[4026531840]`. */
  readonly top: string;
  readonly path: string;
}

/** The mounts in a text of /proc/PID/mountinfo, in its order. */
export function mountsIn(text: string): readonly Mount[] {
  return text.split('\n').flatMap((line) => {
    const [mount = '', source = ''] = line.split(' - ');
    const [, , , top, path] = mount.split(' ');
    const [filesystem = ''] = source.split(' ');
    if (top === undefined || path === undefined || filesystem === '') return [];
    return [{ filesystem, top: unescaped(top), path: unescaped(path) }];
  });
}

/** The mounts that a process sees; none where it may not be looked at. */
export function mountsOf(mountInfo: string): readonly Mount[] {
  try {
    return mountsIn(readFileSync(mountInfo, 'utf8'));
  } catch {
    return [];
  }
}

/** Blanks, tabs, line breaks and backslashes stand there as three octal digits. */
function unescaped(path: string): string {
  return path.replace(/\\([0-7]{3})/g, (_, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 8)),
  );
}
