import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';

/**
 * Writes a capture to the folder `out`: under another name first and then renamed, so that it is never partial.
 * Refuses to replace an existing one unless `force`.
 */
export function writeCapture(out, machine, force) {
  const folder = resolve(out);
  if (!force && existsSync(folder) && readdirSync(folder).length > 0) {
    throw new Error(`${out}: not empty; --force replaces it`);
  }
  const beside = (what) => join(dirname(folder), `.${basename(folder)}.${what}-${process.pid}`);
  const [made, old] = [beside('new'), beside('old')];
  mkdirSync(dirname(folder), { recursive: true });
  try {
    mkdirSync(made);
    fill(made, machine);
    if (existsSync(folder)) renameSync(folder, old);
    renameSync(made, folder);
    rmSync(old, { recursive: true, force: true });
  } catch (error) {
    if (!existsSync(folder) && existsSync(old)) renameSync(old, folder);
    rmSync(made, { recursive: true, force: true });
    throw error;
  }
}

function fill(folder, { facts, files, links }) {
  writeFileSync(join(folder, 'capture.json'), jsonText(facts));
  for (const [path, bytes] of files) write(folder, path, bytes);
  for (const [id, found] of links) write(folder, `${id}/links.json`, jsonText(found));
}

function write(folder, path, content) {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), content);
}

function jsonText(value) {
  return `${JSON.stringify(value, null, 2)}\n`;
}
