import { type ExecFileSyncOptions, execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildSync } from 'esbuild';
import { isExecutable, program } from '../../support/program.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import type { Holder, Result, Session } from '../windows/session.ts';

/**
 * One session under Wine for a whole test file, since each start of Wine takes seconds: commands are
 * put down while the file is read, all run in one go, and the tests look at what they printed.
 */

export const project = join(dirname(fileURLToPath(import.meta.url)), '../../..');
const scripts = join(project, 'scripts/wine');
const minute = 60_000;

/** What a command left behind. */
export interface Printed {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

interface ZooFacts {
  readonly pid: number;
  /** The index of the interface with the link-local address. */
  readonly zone: number;
  readonly clients: Readonly<Record<'pair4' | 'pair6' | 'pairMapped' | 'halfClosed', number>>;
}

/** What the processes that hold sockets reported of themselves. */
export interface Facts {
  readonly zoo: ZooFacts;
  readonly elsewhere: { readonly pid: number };
  readonly crowd: { readonly pid: number };
}

interface Results {
  readonly failure: string | null;
  readonly facts: Facts;
  readonly results: readonly Result[];
}

/** A folder and a program name beyond ASCII, with blanks. */
export const elsewhere = { folder: 'дані 測試', program: 'Сервер é.exe' } as const;

const holders: readonly Holder[] = [
  { name: 'zoo', scene: 'zoo', executable: null },
  {
    name: 'elsewhere',
    scene: 'elsewhere',
    executable: `${elsewhere.folder}\\${elsewhere.program}`,
  },
  { name: 'crowd', scene: 'crowd', executable: null },
];

const commands: (readonly string[])[] = [];
let printed: readonly Printed[] = [];
let kept: Facts | null = null;

/** Puts a command for the Windows node.exe down, to be run in Z:\lab; call the answer in a test. */
export function node(...args: readonly string[]): () => Printed {
  const index = commands.push(args) - 1;
  return () => {
    const answer = printed[index];
    if (answer === undefined) throw new Error('put down after the session began');
    return answer;
  };
}

/** Puts a command line of the program under test down; `{zoo.pid}` stands for a fact of the zoo. */
export function tsnetstat(...args: readonly string[]): () => Printed {
  return isExecutable
    ? node('tsnetstat.exe', ...args)
    : node('app\\node_modules\\tsnetstat\\bin\\tsnetstat.js', ...args);
}

/** What the holders reported; there once the session has run. */
export function facts(): Facts {
  if (kept === null) throw new Error('the session has not run');
  return kept;
}

/** A lack of this machine, not a fault of the program. */
export class Unavailable extends Error {}

/**
 * Sets Wine up, installs the program under test as a Windows user gets it, and runs all that was put down.
 * @throws Unavailable where Wine or the packages cannot be had
 */
export function runSession(): void {
  fetched(() =>
    execFileSync(join(scripts, 'setup.sh'), {
      stdio: ['ignore', 'ignore', 'inherit'],
      timeout: 30 * minute,
    }),
  );

  const lab = temporaryFolder('tsnetstat-wine-');
  buildScripts(lab, 'windows', 'driver', 'holder');
  if (isExecutable) {
    cpSync(program[0], join(lab, 'tsnetstat.exe'));
  } else {
    install(lab);
    // Those that need koffi are beside the installed package, to load its from there.
    buildScripts(lab, 'app', 'contract', 'services');
  }
  const session: Session = { holders, commands };
  writeFileSync(join(lab, 'session.json'), JSON.stringify(session));
  runInWine(lab, ['Z:\\node.exe', 'windows/driver.mjs']);
  collect(lab);
}

/**
 * The tarball of what is built and the Windows koffi in `app`; the same without koffi in `bare`.
 * Nothing is built here: other suites may be running what is there.
 */
function install(lab: string): void {
  const quiet: ExecFileSyncOptions = {
    cwd: lab,
    stdio: ['ignore', 'ignore', 'inherit'],
    timeout: 30 * minute,
  };
  execFileSync('npm', ['pack', '--silent', '--ignore-scripts', '--pack-destination', lab], {
    ...quiet,
    cwd: project,
  });
  const { version } = JSON.parse(readFileSync(join(project, 'package.json'), 'utf8'));
  const app = join(lab, 'app');
  mkdirSync(app);
  writeFileSync(join(app, 'package.json'), '{"private":true}');
  const flags = ['--os=win32', '--cpu=x64', '--ignore-scripts', '--no-audit', '--no-fund'];
  fetched(() =>
    execFileSync('npm', ['install', ...flags, join(lab, `tsnetstat-${version}.tgz`)], {
      ...quiet,
      cwd: app,
    }),
  );
  cpSync(join(app, 'node_modules'), join(lab, 'bare/node_modules'), { recursive: true });
  rmSync(join(lab, 'bare/node_modules/@koromix'), { recursive: true });
}

/** The scripts that run on Windows. */
function buildScripts(lab: string, folder: string, ...names: readonly string[]): void {
  buildSync({
    entryPoints: names.map((name) => join(project, `test/wine/windows/${name}.ts`)),
    outdir: join(lab, folder),
    outExtension: { '.js': '.mjs' },
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    logLevel: 'warning',
  });
}

function runInWine(lab: string, command: readonly string[]): void {
  const log = join(lab, 'driver.log');
  execFileSync(
    '/bin/sh',
    ['-c', 'exec "$@" >"$0" 2>&1 </dev/null', log, join(scripts, 'run.sh'), lab, ...command],
    {
      timeout: 60 * minute,
      killSignal: 'SIGKILL',
    },
  );
}

function collect(lab: string): void {
  const { failure, facts, results } = JSON.parse(
    readFileSync(join(lab, 'results.json'), 'utf8'),
  ) as Results;
  if (failure !== null) throw new Error(failure);
  kept = facts;
  printed = results.map(({ status, error }, index) => {
    if (error !== null) throw new Error(`${commands[index]?.join(' ')}: ${error}`);
    const output = (name: string) => readFileSync(join(lab, 'out', `${index}.${name}`), 'utf8');
    return { status, stdout: output('out'), stderr: output('err') };
  });
}

/** What needs a registry may fail for want of one. */
function fetched(fetch: () => void): void {
  try {
    fetch();
  } catch (cause) {
    throw new Unavailable('cannot get Wine or the packages (are the registries in reach?)', {
      cause,
    });
  }
}
