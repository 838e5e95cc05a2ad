import { basename } from 'node:path';
import { decodeText } from '../text.ts';
import { fileOn, namesOn, realPath } from './machine-files.ts';
import { parseUnitFile, type Setting } from './unit-file.ts';

/**
 * Where units of the system are, as systemd looks for them (systemd.unit(5)): of files of the same name the
 * first counts. The last is for systems that still have /lib beside /usr/lib.
 */
export const unitFolders = [
  ...['/etc/systemd/system.control', '/run/systemd/system.control', '/run/systemd/transient'],
  ...['/run/systemd/generator.early', '/etc/systemd/system', '/etc/systemd/system.attached'],
  ...['/run/systemd/system', '/run/systemd/system.attached', '/run/systemd/generator'],
  ...['/usr/local/lib/systemd/system', '/usr/lib/systemd/system', '/run/systemd/generator.late'],
  '/lib/systemd/system',
] as const;

/** Units are small; one that is larger is none. */
const mostBytes = 1024 * 1024;

/** A unit, and its files in the order in which they count: its own, then drop-ins by their names. */
export interface UnitFiles {
  readonly name: string;
  readonly files: readonly string[];
}

/** What units are looked for. */
export type UnitSuffix = 'socket' | 'service';

/** What is found in the folders: units and folders of drop-ins, by name. */
interface Found {
  /** The path of each unit's file. */
  readonly units: ReadonlyMap<string, string>;
  /** For `ssh.socket`, the folders `ssh.socket.d`, the first to count first. */
  readonly dropIns: ReadonlyMap<string, readonly string[]>;
}

function findUnits(root: string, suffix: UnitSuffix): Found {
  const units = new Map<string, string>();
  const dropIns = new Map<string, string[]>();
  for (const folder of unitFolders) {
    for (const name of namesOn(root, folder)) {
      const path = `${folder}/${name}`;
      if (name.endsWith(`.${suffix}`)) {
        // Of templates and their instances only systemd knows the settings.
        if (!name.includes('@') && !units.has(name)) units.set(name, path);
      } else if (name.endsWith(`.${suffix}.d`) || name === `${suffix}.d`) {
        const unit = name.slice(0, -'.d'.length);
        dropIns.set(unit, [...(dropIns.get(unit) ?? []), path]);
      }
    }
  }
  return { units, dropIns };
}

/** Other names of units, by the unit: links to its file that are called otherwise. */
function aliasesOf(root: string, { units }: Found): ReadonlyMap<string, readonly string[]> {
  const aliases = new Map<string, string[]>();
  for (const [name, path] of units) {
    const real = realPath(root, path);
    const unit = real === null ? name : basename(real);
    if (unit !== name && units.has(unit)) aliases.set(unit, [...(aliases.get(unit) ?? []), name]);
  }
  return aliases;
}

/** The names whose drop-ins are a unit's: of `a-b.socket` its own, then `a-.socket`, then `socket`. */
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
  const sorted = [...dropIns].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, path]) => path);
  return [found.units.get(unit) as string, ...sorted];
}

/** The units of a kind of the machine whose root is `root` (empty: our own); aliases are no units of their own. */
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

/** The settings of a section of a unit; none where it is masked: an empty file, or a link to /dev/null. */
export function settingsOf(
  root: string,
  files: readonly string[],
  section: string,
): readonly Setting[] {
  const [own, ...dropIns] = files.map((path) => fileOn(root, path, mostBytes));
  if (own === null || own === undefined || own.length === 0) return [];
  return [own, ...dropIns].flatMap((text) =>
    text === null || text === undefined ? [] : parseUnitFile(decodeText(text), section),
  );
}
