import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

/** A network namespace with its own loopback, for the duration of a test. Needs root, ip, unshare and nsenter. */
export interface Network {
  /** A process that lives in it. */
  readonly pid: number;
  /** A command that runs another one in it. */
  inside(command: readonly string[]): readonly [string, ...string[]];
  /** Starts a program in it, which prints a line `ready` once it is; it ends with the namespace. */
  start(command: readonly string[]): Promise<ChildProcess>;
  /** Starts a program that listens at 127.0.0.1 and sets its own name. */
  listen(port: number, name?: string): Promise<ChildProcess>;
  stop(): Promise<void>;
}

export async function startNetwork(): Promise<Network> {
  const children: ChildProcess[] = [];

  async function ready([file = '', ...args]: readonly string[]): Promise<ChildProcess> {
    const child = spawn(file, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    children.push(child);
    const lines = createInterface({ input: child.stdout });
    const [line] = await Promise.race([once(lines, 'line'), once(child, 'exit')]);
    if (line !== 'ready') throw new Error(`${file} ${args.join(' ')}: ${line}`);
    return child;
  }

  const holder = await ready([
    ...['unshare', '--net', '--', 'sh', '-c'],
    'ip link set lo up && echo ready && exec sleep infinity',
  ]);
  const inside = (command: readonly string[]): readonly [string, ...string[]] => [
    'nsenter',
    `--net=/proc/${holder.pid}/ns/net`,
    '--',
    ...command,
  ];
  const start = (command: readonly string[]) => ready(inside(command));
  return {
    pid: holder.pid ?? 0,
    inside,
    start,
    listen: (port, name = 'server') => {
      const script = `import socket, time
server = socket.create_server(('127.0.0.1', ${port}))
print('ready', flush=True)
time.sleep(3600)`;
      const command = 'exec -a "$0" /usr/bin/python3 -c "$1"';
      return start(['bash', '-c', command, name, script]);
    },
    async stop() {
      await Promise.all(
        children.reverse().map(async (child) => {
          if (child.exitCode !== null || child.signalCode !== null) return;
          child.kill('SIGKILL');
          await once(child, 'exit');
        }),
      );
    },
  };
}
