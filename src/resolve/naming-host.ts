import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { systemPath } from '../model/system-path.ts';

/** Asks for the names that DNS has for an address: Node's `dns.promises.Resolver` is one. */
export interface PtrResolver {
  /** Rejects where there is no answer, and when cancelled. */
  resolvePtr(name: string): Promise<string[]>;
  /** Gives up every question still open, so that nothing keeps the process alive. */
  cancel(): void;
}

/** What only the process itself can tell. */
export interface MachineFacts {
  /** Node's `process.platform`. */
  readonly platform: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The numbers of users are those of other machines: this one has no names for them. */
  readonly usersElsewhere?: boolean;
}

/** What looking names up needs of the machine, so that tests can say it. */
export interface NamingHost extends MachineFacts {
  /** The folder that stands for /etc; null: the system's own. */
  readonly etcRoot: string | null;
  /** A file's text; throws where it cannot be read. */
  readFile(path: string): string;
  /** A resolver whose questions may take `timeoutMs`, however many servers they go to. */
  resolver(timeoutMs: number): Promise<PtrResolver>;
  /** What a command prints, whatever its exit code; rejects where it cannot be run or takes too long. */
  run(file: string, args: readonly string[], timeoutMs: number): Promise<string>;
  /** The same, and the process waits for it. */
  runSync(file: string, args: readonly string[], timeoutMs: number): string;
}

/** The files that names come from, by what they are called under /etc. */
export type NamingFile =
  | 'hosts'
  | 'networks'
  | 'nsswitch.conf'
  | 'passwd'
  | 'protocols'
  | 'services';

/** What Windows calls them, in its `drivers\etc` folder; null: it has none. */
const windowsName = {
  hosts: 'hosts',
  networks: 'networks',
  'nsswitch.conf': null,
  passwd: null,
  protocols: 'protocol',
  services: 'services',
} satisfies Record<NamingFile, string | null>;

/** Where `file` is on this machine; null where the platform has no such file. */
function namingPath(
  file: NamingFile,
  host: Pick<NamingHost, 'platform' | 'env' | 'etcRoot'>,
): string | null {
  if (host.platform !== 'win32') return `${host.etcRoot ?? '/etc'}/${file}`;
  const name = windowsName[file];
  const systemRoot = host.env.SystemRoot ?? host.env.SYSTEMROOT ?? 'C:\\Windows';
  const folder = host.etcRoot ?? `${systemRoot}\\System32\\drivers\\etc`;
  return name === null ? null : `${folder}\\${name}`;
}

/** The file's text; null where there is none or it may not be read: then numbers stay numbers. */
export function readNaming(file: NamingFile, host: NamingHost): string | null {
  const path = namingPath(file, host);
  if (path === null) return null;
  try {
    return host.readFile(path);
  } catch {
    return null;
  }
}

function systemsOwn({ env }: MachineFacts): Omit<NamingHost, keyof MachineFacts> {
  return {
    etcRoot: null,
    readFile: (path) => readFileSync(path, 'utf8'),
    resolver: systemResolver,
    run: (file, args, timeoutMs) => runCommand(file, args, limitsOf(env, timeoutMs)),
    runSync: (file, args, timeoutMs) => runCommandSync(file, args, limitsOf(env, timeoutMs)),
  };
}

/**
 * Asks each of the system's servers once, for its share of the time. Asking a server again is worse
 * than waiting: c-ares then drops the late answer to the first question, and many names are late.
 */
async function systemResolver(timeoutMs: number): Promise<PtrResolver> {
  const { getServers, promises } = await import('node:dns');
  const timeout = Math.ceil(timeoutMs / Math.max(getServers().length, 1));
  return new promises.Resolver({ timeout, tries: 1 });
}

/** How a command is run: found as `systemPath` has it, and ended when its time is over. */
function limitsOf(env: MachineFacts['env'], timeoutMs: number) {
  return {
    env: { ...env, PATH: systemPath(env.PATH) },
    timeout: timeoutMs,
    killSignal: 'SIGKILL',
    maxBuffer: 1 << 26,
  } as const;
}

type Limits = ReturnType<typeof limitsOf>;

async function runCommand(file: string, args: readonly string[], limits: Limits) {
  const { execFile } = await import('node:child_process');
  return new Promise<string>((resolve, reject) => {
    execFile(file, args, limits, (error, stdout) => {
      const answered = error === null || typeof error.code === 'number';
      answered ? resolve(stdout) : reject(error);
    });
  });
}

function runCommandSync(file: string, args: readonly string[], limits: Limits): string {
  // Loaded where it is used: it takes longer than the rest of a start. Node's own modules can be
  // required from any path, and in CommonJS there is no import.meta.url to give.
  const require = createRequire(process.execPath);
  const { spawnSync } = require('node:child_process') as typeof import('node:child_process');
  const { error, stdout } = spawnSync(file, args, { ...limits, encoding: 'utf8' });
  if (error) throw error;
  return stdout;
}

/** The machine that `facts` are of, the system's own files and network where nothing else is said. */
export function namingHost(facts: MachineFacts & Partial<NamingHost>): NamingHost {
  return { ...systemsOwn(facts), ...facts };
}
