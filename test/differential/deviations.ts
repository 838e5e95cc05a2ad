import { isWide, showsPrograms } from './cases.ts';

/** net-tools cuts "PID/Program" here (bytes), and pads it to one more. */
export const programWidth = 19;

/** A UNIX row: everything before the inode, the inode, and what follows its column (8 wide). */
const unixRow = /^((?:unix|\?\?) {2,4}\d+ +\[[ A-Z]*\] +[A-Z]+ +(?:[A-Z]+ +)?)(\d+) (.*)$/;

/** A row of the UNIX table apart from its path; null for any other line. */
export function splitUnixRow(
  line: string,
  programs: boolean,
): { readonly row: string; readonly path: string } | null {
  const [, start, inode, rest] = unixRow.exec(line) ?? [];
  if (start === undefined || inode === undefined || rest === undefined) {
    return null;
  }
  const at = Math.max(8 - inode.length, 0) + (programs ? programWidth + 2 : 0);
  return { row: `${start}${inode} ${rest.slice(0, at)}`, path: rest.slice(at) };
}

/** A UNIX row with its path cut as net-tools cuts it: to the first word. */
function cutPath(line: string, programs: boolean): string {
  const parts = splitUnixRow(line, programs);
  return parts === null ? line : parts.row + (/[^ \t]+/.exec(parts.path)?.[0] ?? '');
}

/** The name netstat gives to a process with this argv[0], of which it reads 511 bytes. */
export function programName(argv0: string): string {
  const read = argv0.slice(0, 511);
  return read.startsWith('/') ? read.slice(read.lastIndexOf('/') + 1) : read;
}

/**
 * Undoes the two deliberate differences that well-behaved names show, so that what is left must be
 * identical. `stdout` is one character a byte (Latin-1).
 * 1. A UNIX path with blanks is shown whole; net-tools ends it at the first.
 * 2. -W shows whole program names; net-tools ends them as it does without.
 */
export function asNetTools(
  stdout: string,
  args: readonly string[],
  programs: readonly (readonly [number, string])[],
): string {
  let text = stdout;
  if (isWide(args) && showsPrograms(args)) {
    for (const [pid, argv0] of programs) {
      const whole = `${pid}/${programName(argv0)}`;
      if (whole.length > programWidth) {
        text = text.replaceAll(` ${whole}`, ` ${whole.slice(0, programWidth)} `);
      }
    }
  }
  return text
    .split('\n')
    .map((line) => cutPath(line, showsPrograms(args)))
    .join('\n');
}
