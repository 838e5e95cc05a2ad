import { spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));

/**
 * The programs to measure that are installed: name → {title, command, version}. The exit code of `anyExitCode` programs
 * is meaningless (lsof: 1 if there was nothing to list).
 */
export function findPrograms(native) {
  const node = process.execPath;
  const ours = [node, join(root, 'bin/tsnetstat.js')];
  const candidates = {
    tsnetstat: {
      title: 'tsnetstat',
      command: ours,
      version: '-V',
    },
    tuanp: { title: 'tsnetstat -tuanp', command: ours },
    live: {
      title: 'tsnetstat on a screen',
      command: [
        ...[inPath('python3'), fileURLToPath(new URL('live.py', import.meta.url)), '15'],
        ...ours,
      ],
    },
    standalone: {
      title: 'tsnetstat, standalone',
      command: [join(root, `dist-exe/tsnetstat-linux-${process.arch}`)],
      version: '-V',
    },
    json: {
      title: 'tsnetstat --json',
      command: ours,
    },
    node: { title: 'node -e 0', command: [node], version: '-v' },
    netstat: { title: 'netstat', command: [inPath('netstat')], version: '-V' },
    ss: { title: 'ss', command: [inPath('ss')], version: '-V' },
    'each-netns': {
      title: 'ss in each namespace',
      command: ['/bin/sh', fileURLToPath(new URL('each-netns.sh', import.meta.url))],
    },
    lsof: { title: 'lsof', command: [inPath('lsof')], version: '-v', anyExitCode: true },
    'floor-c': { title: 'floor, in C', command: [native.floor] },
    'floor-node': {
      title: 'floor, in Node',
      command: [node, fileURLToPath(new URL('floor.cjs', import.meta.url))],
    },
  };
  const found = {};
  for (const [name, program] of Object.entries(candidates)) {
    if (program.command.every((part) => !part.startsWith('/') || isThere(part))) {
      found[name] = { ...program, version: program.version ? versionOf(program) : null };
    }
  }
  return found;
}

function inPath(name) {
  const folders = (process.env.PATH ?? '').split(delimiter);
  return folders.map((folder) => join(folder, name)).find(isThere) ?? name;
}

function isThere(path) {
  try {
    accessSync(path, constants.R_OK);
    return true;
  } catch {
    return false;
  }
}

/**
 * The first version number in a program's version output.
 * @param {{ command: string[], version?: string }} program
 */
function versionOf({ command: [program, ...args], version }) {
  const { stdout, stderr } = spawnSync(program, [...args, version], { encoding: 'utf8' });
  return /\d[\w.]*\.[\w.]*/.exec(`${stdout}${stderr}`)?.[0] ?? null;
}
