import { closeSync, constants, fstatSync, openSync } from 'node:fs';
import { NetstatError } from '../../errors.ts';
import { readSome } from '../../flow/read-some.ts';
import { remoteNameProblem } from '../../model/request/remote-name.ts';
import { fileText } from '../../text/file-text.ts';
import { shortened } from '../../text/shortened.ts';

/** The most bytes of a file of names. */
const mostBytes = 256 * 1024;
/** The most machines. */
const mostMachines = 4096;

/**
 * Returns the machines named on the command line, without duplicates, in order; `@FILE` stands for the names in a file:
 * one per line, with comments after `#`; `@-` for those of standard input.
 * @throws NetstatError `usage` for an invalid name, with its position, or `unreadable` for a file
 */
export function expandedMachines(words: readonly string[]): readonly string[] {
  const names = new Set<string>();
  const add = (name: string, place: string) => {
    const problem = remoteNameProblem(name);
    if (problem !== null) {
      const why = unseparated(name, place) ?? problem;
      throw usage(`${place}: ${shortened(name)}: ${why}`);
    }
    names.add(name);
    if (names.size > mostMachines) throw usage(`--on: more than ${mostMachines} machines`);
  };
  for (const word of words) {
    if (!word.startsWith('@')) {
      add(word, commandLine);
      continue;
    }
    const path = word.slice(1);
    if (path === '') throw usage('--on @: expected a file, found nothing');
    const before = names.size;
    let isEmpty = true;
    for (const [at, line] of textOf(path).split(/\r?\n/).entries()) {
      const name = line.replace(/(?:^|\s)#.*$/, '').trim();
      if (name === '') continue;
      isEmpty = false;
      add(name, `${path}:${at + 1}`);
    }
    if (isEmpty && names.size === before) throw usage(`${path}: it names no machine`);
  }
  return [...names];
}

/** Where a name is that is in no file. */
const commandLine = '--on';

/** What is wrong with several names, or one that blanks surround, or the title of a group; null: it is none of that. */
function unseparated(name: string, place: string): string | null {
  const inFile = place !== commandLine;
  if (inFile && /^\[[\w.-]+(?::[a-z]+)?\]$/.test(name)) {
    return 'the title of a group, as in an Ansible inventory; give one machine per line, and nothing else';
  }
  const names = name.split(/[\s,]+/).filter((one) => one !== '');
  if (names.length === 0 || names[0] === name || names.some(remoteNameProblem)) return null;
  return inFile ? 'give one machine per line' : 'machines are separated by commas, without blanks';
}

function usage(message: string): NetstatError {
  return new NetstatError('usage', message, { path: '--on' });
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EACCES: 'no permission to read it',
  EISDIR: 'it is a folder; give a file',
  ENOTDIR: 'a part of its path is not a folder',
};

/** Reads a file, or a pipe such as a shell's `<(…)`. */
function textOf(path: string): string {
  const unreadable = (reason: string, cause?: unknown) =>
    new NetstatError('unreadable', `--on: ${path}: ${reason}`, { path, cause });
  let fd: number | null = null;
  try {
    fd = path === '-' ? openInput() : openSync(path, constants.O_RDONLY);
    const file = fstatSync(fd);
    // A terminal never ends, nor does /dev/zero.
    if (file.isCharacterDevice() || file.isBlockDevice()) {
      throw unreadable('it is a device; give a file');
    }
    const bytes = Buffer.alloc(mostBytes + 1);
    let length = 0;
    for (;;) {
      const read = readSome(fd, bytes.subarray(length));
      if (read === 0) return fileText(bytes.subarray(0, length));
      length += read;
      if (length > mostBytes) {
        throw unreadable(`it is too large: more than ${mostBytes / 1024} KiB are not read`);
      }
    }
  } catch (error) {
    if (error instanceof NetstatError) throw error;
    const { code = '' } = error as NodeJS.ErrnoException;
    throw unreadable(reasons[code] ?? `it cannot be read (${code})`, error);
  } finally {
    if (fd !== null) closeSync(fd);
  }
}

function openInput(): number {
  return process.platform === 'win32' ? 0 : openSync('/dev/stdin', constants.O_RDONLY);
}
