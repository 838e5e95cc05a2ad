import { readdirSync, readlinkSync } from 'node:fs';
import { readPlain } from '../reader/plain-file.ts';

/** As many links as Linux itself follows for one path (MAXSYMLINKS of <linux/namei.h>). */
const mostLinks = 40;

/**
 * Where a path of the machine whose root is `root` leads, its links followed there: the kernel would follow
 * an absolute link from our own root, though `root` is `/proc/1/root` of another. null: links go in a circle.
 * Of what is not there, the path where it would be.
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

/** Where a link leads; null where there is none. */
function linkAt(path: string): string | null {
  try {
    return readlinkSync(path);
  } catch {
    return null;
  }
}

/** A path of a machine as we reach it; on our own the kernel follows links as they are meant. */
export function pathOn(root: string, path: string): string | null {
  return root === '' ? path : realPath(root, path);
}

/** More than any of the files that are read here. */
const mostBytes = 8 * 1024 * 1024;

/**
 * A file of a machine whole, of at most `most` bytes; null where there is no such plain file, it may not be
 * read, or it is larger.
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

/** The names in a folder of a machine; none where it is not there or may not be listed. */
export function namesOn(root: string, folder: string): readonly string[] {
  const place = pathOn(root, folder);
  if (place === null) return [];
  try {
    return readdirSync(place);
  } catch {
    return [];
  }
}
