import { basename } from 'node:path';
import { compareText } from '../../../text/compare-text.ts';
import { decodeText } from '../text.ts';
import { fileOn, namesOn, realPath } from './machine-files.ts';
import { parseUnitFile, type Setting } from './unit-file.ts';

/**
 * Where systemd looks for the system's units (systemd.unit(5)): of files with the same name the first counts. The
 * last folder is for systems that still have /lib beside /usr/lib.
 */
export const unitFolders = [
  ...['/etc/systemd/system.control', '/run/systemd/system.control', '/run/systemd/transient'],
  ...['/run/systemd/generator.early', '/etc/systemd/system', '/etc/systemd/system.attached'],
  ...['/run/systemd/system', '/run/systemd/system.attached', '/run/systemd/generator'],
  ...['/usr/local/lib/systemd/system', '/usr/lib/systemd/system', '/run/systemd/generator.late'],
  '/lib/systemd/system',
] as const;

/** The largest unit file that is read. */
const mostBytes = 1024 * 1024;

/** A unit, and its files in order: its own, then drop-ins by name. */
export interface UnitFiles {
  readonly name: string;
  readonly files: readonly string[];
}

/** The kinds of units that are looked for. */
export type UnitSuffix = 'socket' | 'service';

/** The units and drop-in folders that were found, by name. */
interface Found {
  /** The path of each unit's file. */
  readonly units: ReadonlyMap<string, string>;
  /** For `ssh.socket`, the folders `ssh.socket.d`, in order of precedence. */
  readonly dropIns: ReadonlyMap<string, readonly string[]>;
}

function findUnits(root: string, suffix: UnitSuffix): Found {
  const units = new Map<string, string>();
  const dropIns = new Map<string, string[]>();
  for (const folder of unitFolders) {
    for (const name of namesOn(root, folder)) {
      const path = `${folder}/${name}`;
      if (name.endsWith(`.${suffix}`)) {
        // Only systemd knows the settings of templates and their instances.
        if (!name.includes('@') && !units.has(name)) units.set(name, path);
      } else if (name.endsWith(`.${suffix}.d`) || name === `${suffix}.d`) {
        const unit = name.slice(0, -'.d'.length);
        dropIns.set(unit, [...(dropIns.get(unit) ?? []), path]);
      }
    }
  }
  return { units, dropIns };
}

/** The aliases of each unit: links to its file under other names. */
function aliasesOf(root: string, { units }: Found): ReadonlyMap<string, readonly string[]> {
  const aliases = new Map<string, string[]>();
  for (const [name, path] of units) {
    const real = realPath(root, path);
    const unit = real === null ? name : basename(real);
    if (unit !== name && units.has(unit)) aliases.set(unit, [...(aliases.get(unit) ?? []), name]);
  }
  return aliases;
}

/** The names of a unit's drop-in folders: for `a-b.socket` its own, then `a-.socket`, then `socket`. */
function dropInNames(unit: string, suffix: UnitSuffix): readonly string[] {
  const names = [unit];
  const stem = unit.slice(0, -`.${suffix}`.length);
  for (
    let at = stem.lastIndexOf('-', stem.length - 2);
    at > 0;
    at = stem.lastIndexOf('-', at - 1)
  ) {
    names.push(`${stem.slice(0, at + 1)}.${suffix}`);
  }
  return [...names, suffix];
}

function filesOf(unit: string, names: readonly string[], root: string, found: Found) {
  const dropIns = new Map<string, string>();
  for (const name of names) {
    for (const folder of found.dropIns.get(name) ?? []) {
      for (const file of namesOn(root, folder)) {
        if (file.endsWith('.conf') && !dropIns.has(file)) dropIns.set(file, `${folder}/${file}`);
      }
    }
  }
  const sorted = [...dropIns].sort(([a], [b]) => compareText(a, b)).map(([, path]) => path);
  return [found.units.get(unit) as string, ...sorted];
}

/** The units of a kind on the machine with the root `root` (empty: our own), without aliases. */
export function unitFiles(root: string, suffix: UnitSuffix): readonly UnitFiles[] {
  const found = findUnits(root, suffix);
  const aliases = aliasesOf(root, found);
  const isAlias = new Set([...aliases.values()].flat());
  return [...found.units.keys()].flatMap((name) => {
    if (isAlias.has(name)) return [];
    const [own, ...general] = dropInNames(name, suffix);
    const names = [own as string, ...(aliases.get(name) ?? []), ...general];
    return [{ name, files: filesOf(name, names, root, found) }];
  });
}

/**
 * The settings of a section of a unit, without those that a later empty one of the same key resets; none if it is
 * masked: an empty file, or a link to /dev/null.
 */
export function settingsOf(
  root: string,
  files: readonly string[],
  section: string,
): readonly Setting[] {
  const [own, ...dropIns] = files.map((path) => fileOn(root, path, mostBytes));
  if (own === null || own === undefined || own.length === 0) return [];
  const all = [own, ...dropIns].flatMap((text) =>
    text === null || text === undefined ? [] : parseUnitFile(decodeText(text), section),
  );
  const resets = new Map<string, number>();
  for (const [at, { key, value }] of all.entries()) if (value === '') resets.set(key, at);
  return all.filter(({ key }, at) => at >= (resets.get(key) ?? 0));
}
