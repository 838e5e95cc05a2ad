import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { programFiles, programOn } from '../support/program.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** What a stand-in does for the arguments it is given; anything else makes it fail. */
export type Script = Readonly<Record<string, string>>;

/** `cat` of one of the fixtures. */
export function prints(release: string, file: string): string {
  return `/bin/cat '${join(root, 'fixtures/darwin', release, file)}'`;
}

/** What netstat and ps do on a machine of one release. */
export function release(name: string): { netstat: Script; ps: Script } {
  return {
    netstat: {
      '-anvl -p tcp': prints(name, 'tcp.txt'),
      '-anvl -p udp': prints(name, 'udp.txt'),
      '-anv -f unix': prints(name, 'unix.txt'),
      '-rnl -f inet': prints(name, 'routes-inet.txt'),
      '-rnl -f inet6': prints(name, 'routes-inet6.txt'),
      '-ibdnl': prints(name, 'interfaces.txt'),
      '-gn': prints(name, 'groups.txt'),
    },
    ps: {
      '-axww -o pid= -o comm=': prints(name, 'ps-comm.txt'),
      '-axww -o pid= -o command=': prints(name, 'ps-command.txt'),
    },
  };
}

interface Finished {
  readonly stdout: string;
  readonly stderr: string;
  readonly code: number | null;
}

export interface Mac {
  /** Runs the built program there, its output piped. */
  tsnetstat(...args: string[]): Finished;
}

/**
 * A stand-in for a Mac: a folder with a netstat and a ps of our own, where the program is to find
 * them, and Node told to take this for macOS. Neither fails but by an exit code, as the real ones do.
 */
export function makeMac(commands: { netstat?: Script; ps?: Script }): Mac {
  for (const [file, remedy] of Object.entries(programFiles)) {
    if (!existsSync(file)) throw new Error(`${file} is missing: ${remedy}`);
  }
  const folder = temporaryFolder('tsnetstat-mac-');
  mkdirSync(join(folder, 'bin'));
  for (const [name, script] of Object.entries(commands)) {
    const cases = Object.entries(script).map(([args, does]) => `'${args}') ${does} ;;`);
    const text = `#!/bin/sh\ncase "$*" in\n${cases.join('\n')}\n*) echo "${name}: not expected: $*" >&2; exit 64 ;;\nesac\n`;
    writeFileSync(join(folder, 'bin', name), text);
    chmodSync(join(folder, 'bin', name), 0o755);
  }
  return {
    tsnetstat: (...args) => {
      const [first, ...rest] = programOn('darwin', join(folder, 'bin'));
      const { stdout, stderr, status } = spawnSync(first, [...rest, ...args], {
        encoding: 'utf8',
        env: { PATH: '/usr/bin:/bin', LC_ALL: 'de_DE.UTF-8' },
      });
      return { stdout, stderr, code: status };
    },
  };
}
