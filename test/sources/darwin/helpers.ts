import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { NetstatError } from '../../../src/errors.ts';
import type { RunCommand } from '../../../src/sources/darwin/run-command.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const fixtures = `${root}fixtures/darwin/`;

/** The releases there is made-up output for, one folder each. */
export const releases = readdirSync(fixtures).filter((name) => /^\d/.test(name));

export function fixture(folder: string, file: string): string {
  return readFileSync(`${fixtures}${folder}/${file}`, 'utf8');
}

/** Which fixture answers which command. */
export const answers: Readonly<Record<string, string>> = {
  'netstat -anvl -p tcp': 'tcp.txt',
  'netstat -anvl -p udp': 'udp.txt',
  'netstat -anv -f unix': 'unix.txt',
  'netstat -rnl -f inet': 'routes-inet.txt',
  'netstat -rnl -f inet6': 'routes-inet6.txt',
  'netstat -ibdnl': 'interfaces.txt',
  'netstat -gn': 'groups.txt',
  'ps -axww -o pid= -o comm=': 'ps-comm.txt',
  'ps -axww -o pid= -o command=': 'ps-command.txt',
};

/** A machine of one release; `ran` lists the commands it was asked for. */
export function machine(release: string, changes: Readonly<Record<string, string | Error>> = {}) {
  const ran: string[] = [];
  const run: RunCommand = async (command, args) => {
    const line = [command, ...args].join(' ');
    ran.push(line);
    const change = changes[line];
    if (change instanceof Error) throw change;
    if (change !== undefined) return change;
    const file = answers[line];
    if (file === undefined) throw new NetstatError('unreadable', `${line}: not expected`);
    return fixture(release, file);
  };
  return { run, ran };
}

export const host = { platform: 'darwin', env: {}, procRoot: null } as const;
