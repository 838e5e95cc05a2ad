import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { because, reasonToSkip } from '../support/requirements.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { environment, root, tsnetstat } from './support/built-bin.ts';

const runsTypeScript = 'typescript' in process.features && Boolean(process.features.typescript);

/** A Node that runs TypeScript directly: this one, or the one in $TSNETSTAT_NEWER_NODE. */
const newerNode = runsTypeScript ? process.execPath : process.env.TSNETSTAT_NEWER_NODE || null;

const reason = reasonToSkip({
  platforms: ['linux'],
  files: { [newerNode ?? 'Node 22.18 or newer']: '$TSNETSTAT_NEWER_NODE names one' },
});

/** Node 22 warns that it runs TypeScript. */
const quiet = ['--disable-warning=ExperimentalWarning'];

function fromSource(args: readonly string[]): SpawnSyncReturns<string> {
  return spawnSync(newerNode as string, [...quiet, join(root, 'src/cli.ts'), ...args], {
    encoding: 'utf8',
    env: environment(),
    cwd: root,
    maxBuffer: 64 * 1024 * 1024,
  });
}

/** Without the time of the reading. */
const timeless = (text: string) => text.replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'TIME');

describe.skipIf(reason !== null)(`the sources, run as they are${because(reason)}`, () => {
  const fixture = ['--proc-root', 'fixtures/linux/quiet-laptop'];

  /** One for each part that is loaded only where it is needed. */
  it.each([
    '-tuanp',
    '-xan',
    '-tuapeo --no-header',
    '-tan --format table',
    '-tan --format csv',
    '-tan --format ndjson',
    '-tan --columns proto,local --sort lport',
    '-tan state listening',
    '-rn',
    '-in',
    '-gn',
    '-s',
    '-V',
    '--help',
    '--explain TIME_WAIT',
    '--completion bash',
    '-tan --state listenning',
  ])('print what the built program prints: %s', (line) => {
    const all = [...line.split(' '), ...fixture];
    const { status, stdout, stderr } = fromSource(all);
    const built = tsnetstat(all);
    expect([status, stderr]).toEqual([built.status, built.stderr]);
    expect(timeless(stdout)).toBe(timeless(built.stdout));
  });

  describe('and their threads', () => {
    const folder = temporaryFolder('tsnetstat-source-');

    /** What a module prints that sees the sources as `src`. It is a file: threads inherit Node's flags. */
    const printed = (script: string) => {
      const file = join(folder, 'script.mjs');
      const sources = JSON.stringify(new URL('../../src/', import.meta.url));
      writeFileSync(file, `const src = (path) => import(${sources} + path);\n${script}`);
      const { stdout, stderr } = spawnSync(newerNode as string, [...quiet, file], {
        encoding: 'utf8',
        timeout: 250_000,
      });
      expect(stderr).toBe('');
      return stdout;
    };

    it('walk through the processes', () => {
      const script = `
        import { availableParallelism } from 'node:os';
        const { walkAll } = await src('sources/linux/owners/walk.ts');
        const { liveProc } = await src('sources/linux/proc/live-proc.ts');
        const { shares } = await walkAll(liveProc('/proc'), 'netstat');
        console.log(shares.length - Math.min(4, availableParallelism()));
        process.exit();`;
      expect(printed(script)).toBe('0\n');
    });

    it('read ahead', () => {
      const script = `
        import { openSync } from 'node:fs';
        import { availableParallelism } from 'node:os';
        import { setTimeout } from 'node:timers/promises';
        const { startReading } = await src('sources/linux/files/read-thread.ts');
        const thread = startReading({ fd: openSync('/proc/net/dev', 'r') });
        const buffer = Buffer.alloc(1 << 16);
        let length = availableParallelism() < 2 ? 1 : null;
        // A thread that cannot start never gets there, and the test's patience ends.
        while ((length = length ?? thread.read(buffer, 0)) === null) await setTimeout(5);
        console.log(length > 0);
        process.exit();`;
      expect(printed(script)).toBe('true\n');
    });
  });
});
