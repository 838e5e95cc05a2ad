import { readFileSync } from 'node:fs';
import nodeModule from 'node:module';
import { systemPath } from '../trust/system-path.ts';

/** Looks up PTR records; Node's `dns.promises.Resolver` is one. */
export interface PtrResolver {
  /** Rejects if there is no answer, and when cancelled. */
  resolvePtr(name: string): Promise<string[]>;
  /** Cancels every open query, so that nothing keeps the process alive. */
  cancel(): void;
}

/** Facts from the process itself. */
export interface ThisMachine {
  /** Node's `process.platform`. */
  readonly platform: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** User IDs are those of other machines, for which this machine has no names. */
  readonly usersElsewhere?: boolean;
}

/** What name look-ups need from the machine, replaceable in tests. */
export interface NamingHost extends ThisMachine {
  /** The folder used instead of /etc; null: the system's own. */
  readonly etcRoot: string | null;
  /** A file's text; throws if it cannot be read. */
  readFile(path: string): string;
  /** A resolver whose queries may take `timeoutMs`, over all servers together. */
  resolver(timeoutMs: number): Promise<PtrResolver>;
  /** The addresses of a name, as the system looks them up; rejects if there are none. */
  lookUp(name: string): Promise<readonly string[]>;
  /** What a command prints, whatever its exit code; rejects if it cannot be run or takes too long. */
  run(file: string, args: readonly string[], timeoutMs: number): Promise<string>;
  /** The same, synchronously. */
  runSync(file: string, args: readonly string[], timeoutMs: number): string;
}

/** The files that names come from, by their name in /etc. */
export type NamingFile =
  | 'hosts'
  | 'networks'
  | 'nsswitch.conf'
  | 'passwd'
  | 'protocols'
  | 'services';

/** Their names in Windows' `drivers\etc` folder; null: it has none. */
const windowsName = {
  hosts: 'hosts',
  networks: 'networks',
  'nsswitch.conf': null,
  passwd: null,
  protocols: 'protocol',
  services: 'services',
} satisfies Record<NamingFile, string | null>;

/** The path of `file` on this machine; null if the platform has no such file. */
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

/** The file's text; null if it does not exist or may not be read: numbers then stay numbers. */
export function readNaming(file: NamingFile, host: NamingHost): string | null {
  const path = namingPath(file, host);
  if (path === null) return null;
  try {
    return host.readFile(path);
  } catch {
    return null;
  }
}

/** Whether a command failed since it cannot be run here; else it did not answer. */
export function isMissing(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'ENOENT' || code === 'EACCES';
}

function systemDefaults({ env }: ThisMachine): Omit<NamingHost, keyof ThisMachine> {
  return {
    etcRoot: null,
    readFile: (path) => readFileSync(path, 'utf8'),
    resolver: systemResolver,
    lookUp: systemLookUp,
    run: (file, args, timeoutMs) => runCommand(file, args, limitsOf(env, timeoutMs)),
    runSync: (file, args, timeoutMs) => runCommandSync(file, args, limitsOf(env, timeoutMs)),
  };
}

/**
 * A resolver that queries each of the system's servers once, with an equal share of the time. Retrying a server is
 * worse than waiting: c-ares then drops the late answer to the first query, and many answers are late.
 */
async function systemResolver(timeoutMs: number): Promise<PtrResolver> {
  const { getServers, promises } = await import('node:dns');
  const timeout = Math.ceil(timeoutMs / Math.max(getServers().length, 1));
  return new promises.Resolver({ timeout, tries: 1 });
}

async function systemLookUp(name: string): Promise<readonly string[]> {
  const { promises } = await import('node:dns');
  return (await promises.lookup(name, { all: true, verbatim: true })).map(({ address }) => address);
}

/** Options for running a command: it is found by `systemPath`, and killed after the timeout. */
function limitsOf(env: ThisMachine['env'], timeoutMs: number) {
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
  // Loaded on use: it takes longer than the rest of the start. Node's own modules can be required from any path,
  // and CommonJS has no import.meta.url to pass.
  const require = nodeModule.createRequire(process.execPath);
  const { spawnSync } = require('node:child_process') as typeof import('node:child_process');
  const { error, signal, stdout } = spawnSync(file, args, { ...limits, encoding: 'utf8' });
  if (error) throw error;
  if (signal !== null) throw new Error(`${file}: ${signal}`);
  return stdout;
}

/** The host that `facts` describe; the system's own files and network are used for anything left out. */
export function namingHost(facts: ThisMachine & Partial<NamingHost>): NamingHost {
  return { ...systemDefaults(facts), ...facts };
}
