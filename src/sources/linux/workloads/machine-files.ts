import { readdirSync, readlinkSync } from 'node:fs';
import { readPlain } from '../files/plain-file.ts';

/** The most links that Linux itself follows for one path (MAXSYMLINKS of <linux/namei.h>). */
const mostLinks = 40;

/**
 * Resolves a path of the machine with the root folder `root`, following links within it: the kernel would resolve
 * an absolute link from our own root, even if `root` is another one's `/proc/1/root`. null: a loop of links. A
 * missing file gives the path where it would be.
 */
export function realPath(root: string, path: string): string | null {
  const left = path.split('/').reverse();
  const parts: string[] = [];
  for (let links = 0; left.length > 0; ) {
    const part = left.pop() as string;
    if (part === '' || part === '.') continue;
    if (part === '..') {
      parts.pop();
      continue;
    }
    const target = linkAt(`${root}/${[...parts, part].join('/')}`);
    if (target === null) {
      parts.push(part);
      continue;
    }
    links++;
    if (links > mostLinks) return null;
    if (target.startsWith('/')) parts.length = 0;
    left.push(...target.split('/').reverse());
  }
  return `${root}/${parts.join('/')}`;
}

/** The target of a link; null: not a link. */
function linkAt(path: string): string | null {
  try {
    return readlinkSync(path);
  } catch {
    return null;
  }
}

/** The path under which we reach a machine's file; on our own the kernel resolves links itself. */
export function pathOn(root: string, path: string): string | null {
  return root === '' ? path : realPath(root, path);
}

/** More than the largest file that is read here. */
const mostBytes = 8 * 1024 * 1024;

/**
 * The content of a machine's file; null if there is no such regular file, it may not be read, or it has more than
 * `most` bytes.
 */
export function fileOn(root: string, path: string, most = mostBytes): Buffer | null {
  const place = pathOn(root, path);
  if (place === null) return null;
  try {
    return readPlain(place, most);
  } catch {
    return null;
  }
}

/** The names in a machine's folder; empty if it is missing or unreadable. */
export function namesOn(root: string, folder: string): readonly string[] {
  const place = pathOn(root, folder);
  if (place === null) return [];
  try {
    return readdirSync(place);
  } catch {
    return [];
  }
}
