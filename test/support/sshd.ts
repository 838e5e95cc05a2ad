import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { quotedCommand } from './program.ts';
import type { Requirements } from './requirements.ts';
import { temporaryFolder } from './temporary-folder.ts';

const sshd = '/usr/sbin/sshd';

/** What suites with a real sshd need. */
export const sshdRequirements: Requirements = {
  platforms: ['linux'],
  programs: ['ssh', 'ssh-keygen', sshd],
};

/** How a test machine answers. */
export interface Machine {
  /** The command that runs its sshd in another namespace, such as `['nsenter', '--net=…']`. */
  readonly within?: readonly string[];
  /** Runs instead of the requested command, which is in $SSH_ORIGINAL_COMMAND; a line for the login shell. */
  readonly forceCommand?: string;
  /** Lines for its sshd_config. */
  readonly config?: readonly string[];
  /** It does not accept the client's key. */
  readonly refusesKey?: boolean;
  /** Where it listens, in the network of `within`; absent: ssh starts it for each connection, without a port. */
  readonly listen?: { readonly address: string; readonly port: number };
  /** Lines for the client's ssh_config. */
  readonly client?: readonly string[];
}

/** Machines with a real sshd each, and an `ssh` that knows them by alias. */
export interface SshWorld {
  /** The directory of all its files. */
  readonly folder: string;
  /** A PATH with its `ssh` first: the real one, with only this world's configuration. */
  readonly path: string;
  /** Adds a machine under one or more aliases. Resolves once it answers. */
  add(aliases: string | readonly string[], machine?: Machine): Promise<void>;
  /** Adds lines of ssh_config for an alias without a machine. */
  alias(name: string, lines: readonly string[]): void;
  /** Kills every sshd and removes the files. */
  end(): void;
}

/** Creates keys and an empty world. `within`: the command that runs its `ssh` in another namespace. */
export function sshWorld({ within: client = [] }: Pick<Machine, 'within'> = {}): SshWorld {
  const folder = temporaryFolder('tsnetstat-ssh-');
  const at = (name: string) => join(folder, name);
  for (const key of ['host', 'user', 'other']) {
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', key, '-f', at(key)]);
  }
  // The directory for sshd's unprivileged process; usually made by the service, which does not run here.
  if (process.getuid?.() === 0) mkdirSync('/run/sshd', { recursive: true, mode: 0o755 });
  mkdirSync(at('bin'));
  const ssh = execFileSync('sh', ['-c', 'command -v ssh'], { encoding: 'utf8' }).trim();
  const wrapper = `#!/bin/sh\nexec ${quotedCommand([...client, ssh, '-F', at('ssh_config')])} "$@"\n`;
  writeFileSync(at('bin/ssh'), wrapper, { mode: 0o755 });
  writeFileSync(at('ssh_config'), '');
  const running: ChildProcess[] = [];

  function alias(name: string, lines: readonly string[]): void {
    const common = [
      `IdentityFile ${at('user')}`,
      'IdentitiesOnly yes',
      'IdentityAgent none',
      'StrictHostKeyChecking no',
      'UserKnownHostsFile /dev/null',
      'GlobalKnownHostsFile /dev/null',
    ];
    const text = [`Host ${name}`, ...[...lines, ...common].map((line) => `  ${line}`), ''];
    appendFileSync(at('ssh_config'), text.join('\n'));
  }

  return {
    folder,
    path: `${at('bin')}:${process.env.PATH}`,
    alias,
    async add(aliases, machine = {}) {
      const names = typeof aliases === 'string' ? [aliases] : aliases;
      const { within = [], forceCommand, config = [], listen } = machine;
      const name = names[0] as string;
      const keys = at(`${name}.keys`);
      execFileSync('cp', [at(machine.refusesKey ? 'other.pub' : 'user.pub'), keys]);
      const lines = [
        `HostKey ${at('host')}`,
        `AuthorizedKeysFile ${keys}`,
        'PidFile none',
        'UsePAM no',
        'StrictModes no',
        'PasswordAuthentication no',
        'KbdInteractiveAuthentication no',
        'PermitRootLogin yes',
        'UseDNS no',
        'MaxStartups 200',
        // Debian's bash reads .bashrc if sshd starts it, but not if a shell does.
        'SetEnv SHLVL=2',
        ...(forceCommand === undefined ? [] : [`ForceCommand ${forceCommand}`]),
        ...config,
      ];
      writeFileSync(at(`${name}.conf`), `${lines.join('\n')}\n`);
      const serve = [...within, sshd, '-f', at(`${name}.conf`), '-E', at(`${name}.log`)];
      const way =
        listen === undefined
          ? [`ProxyCommand ${quotedCommand([...serve, '-i'])}`, `HostName ${name}.invalid`]
          : [`HostName ${listen.address}`, `Port ${listen.port}`];
      for (const one of names)
        alias(one, [...(machine.client ?? []), ...way, `User ${userInfo().username}`]);
      if (listen === undefined) return;
      const place = ['-o', `ListenAddress=${listen.address}`, '-p', `${listen.port}`];
      const [program = '', ...args] = [...serve, '-D', ...place];
      const server = spawn(program, args, { stdio: 'ignore' });
      running.push(server);
      await answers([at('bin/ssh'), '-T', '-o', 'BatchMode=yes', name, 'true'], server);
    },
    end() {
      for (const child of running) child.kill('SIGKILL');
    },
  };
}

/** Waits until the server listens, or has ended; whether ssh succeeds does not matter. */
async function answers(command: readonly string[], server: ChildProcess): Promise<void> {
  for (;;) {
    const [program = '', ...args] = command;
    const said = await new Promise<string>((resolve) => {
      const child = spawn(program, ['-v', ...args], {
        stdio: ['ignore', 'ignore', 'pipe'],
      });
      let text = '';
      child.stderr.on('data', (chunk: Buffer) => {
        text += chunk.toString('latin1');
        // It listens; a slow machine or one that floods need not finish.
        if (/Remote protocol version/.test(text)) child.kill('SIGKILL');
      });
      child.on('close', () => resolve(text));
    });
    if (/Remote protocol version/.test(said)) return;
    if (server.exitCode !== null) throw new Error(`sshd ended with ${server.exitCode}: ${said}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
