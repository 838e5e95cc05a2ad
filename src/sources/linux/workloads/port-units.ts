import { distinctBy } from '../../../model/add-to.ts';
import { bracketed } from '../../../model/address/text.ts';
import type { ServiceUnit } from '../../../model/report/service.ts';
import type { Proc } from '../proc/proc.ts';
import { decodeText } from '../text.ts';
import { withoutUsers } from './cgroup-path.ts';
import { fileOn, namesOn } from './machine-files.ts';
import { unitsAtPort } from './socket-units.ts';
import { settingsOf, type UnitFiles, unitFiles, unitFolders } from './unit-files.ts';

/** Settings of a service that may contain a port. systemd.exec(5), systemd.service(5) */
const portSettings: ReadonlySet<string> = new Set([
  ...['ExecStart', 'ExecStartPre', 'ExecStartPost', 'Environment'],
]);

/** The largest environment file that is read. */
const mostBytes = 64 * 1024;

/** The most characters of a line that are shown. */
const mostCharacters = 200;

/**
 * The machine's units that claim a port: `.socket` units that listen there, and `.service` units whose command line
 * or environment contains the number. `root`: the folder of the machine's files.
 */
export function portUnits(
  proc: Proc,
  root: string,
  protocols: readonly string[],
  port: number,
): readonly ServiceUnit[] {
  const enabled = enabledUnits(root);
  const listening = protocols.flatMap((protocol) =>
    unitsAtPort(root, protocol, port).map(({ unit, address }) => ({
      unit,
      how: 'listens' as const,
      setting: `${protocol} ${bracketed(address)}:${port}`,
    })),
  );
  const naming = unitFiles(root, 'service').flatMap((unit) => {
    const setting = settingWith(root, unit, port);
    return setting === null ? [] : [{ unit, how: 'names' as const, setting }];
  });
  const found = [...distinctBy(listening, ({ unit }) => unit.name), ...naming];
  const running = found.length === 0 ? null : runningUnits(proc);
  return found.map(({ unit: { name, files }, how, setting }) => ({
    ...{ unit: name, path: files[0] ?? '', how, setting: setting.slice(0, mostCharacters) },
    isEnabled: enabled.has(name),
    // A unit that listens need not have a process in its cgroup.
    isRunning: how === 'listens' ? null : (running?.has(name) ?? null),
  }));
}

/** The line of a service that contains a number; null: none. */
function settingWith(root: string, { files }: UnitFiles, port: number): string | null {
  const settings = settingsOf(root, files, 'Service');
  for (const { key, value } of settings) {
    if (portSettings.has(key) && hasNumber(value, port)) return `${key}=${value}`;
    if (key !== 'EnvironmentFile') continue;
    const path = value.replace(/^-/, '');
    if (!path.startsWith('/') || /[*?[]/.test(path)) continue;
    const text = fileOn(root, path, mostBytes);
    const line = (text === null ? '' : decodeText(text))
      .split('\n')
      .find((one) => !/^\s*[#;]/.test(one) && hasNumber(one, port));
    if (line !== undefined) return `${path}: ${line.trim()}`;
  }
  return null;
}

/** Whether a number is in a text by itself, not as part of another number or an address. */
export function hasNumber(text: string, number: number): boolean {
  return new RegExp(`(?<!\\d|\\d\\.)${number}(?!\\d|\\.\\d)`).test(text);
}

/** Units that are started with the machine or by another unit. */
function enabledUnits(root: string): ReadonlySet<string> {
  return new Set(
    unitFolders.flatMap((folder) =>
      namesOn(root, folder)
        .filter((name) => /\.(?:wants|requires|upholds)$/.test(name))
        .flatMap((name) => namesOn(root, `${folder}/${name}`)),
    ),
  );
}

/** The system's units that some process is in; null: processes cannot be listed. */
function runningUnits(proc: Proc): ReadonlySet<string> | null {
  const units = new Set<string>();
  try {
    for (const pid of proc.processIds()) {
      try {
        const paths = decodeText(proc.readFile(`${pid}/cgroup`))
          .split('\n')
          .map(withoutUsers);
        for (const name of paths.flatMap((path) => path.split('/'))) {
          if (name.endsWith('.service')) units.add(name);
        }
      } catch {
        // It has ended, or is unreadable.
      }
    }
  } catch {
    return null;
  }
  return units;
}
