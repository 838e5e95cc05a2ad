import { readdirSync, readFileSync } from 'node:fs';
import { defineConfig } from 'vitest/config';

// Tests ask no network. A proxy's certificates would be read by each Node that they start, for half of its time.
delete process.env.NODE_EXTRA_CA_CERTS;

/** Builds what is older than the sources, so that no suite passes on yesterday's program; for unit tests a part. */
const globalSetup = 'scripts/test-setup.js';
const globalSetupOfUnits = 'scripts/assemble.js';
const support = (name: string) => `test/support/${name}.ts`;
const setupFiles = ['same-examples', 'bounded-programs', 'removed-folders'].map(support);
/** The machine may be busy: what is tested is never how fast it is. */
const patience = { testTimeout: 300_000, hookTimeout: 300_000 };
/** What failed in CI is known by its message alone, which Vitest would cut to 40 characters. */
const chaiConfig = { truncateThreshold: 1200 };
/**
 * What runs on a live machine has more than one cause. In CI a test that fails is tried once more; the summary names
 * it as unsteady, with what it said, so that it is mended and not forgotten.
 */
const retry = process.env.CI ? 1 : 0;

const beyondUnits = ['e2e', 'differential', 'wine', 'fuzz'].map((name) => `test/${name}/**`);
/**
 * Unit tests share a process and its modules, since starting one for each file took longer than the tests in it. A
 * file that puts other modules in the place of ours would do so for the files after it, and gets a process of its own.
 */
const mocking = readdirSync('test', { recursive: true, encoding: 'utf8' })
  .map((name) => `test/${name.replaceAll('\\', '/')}`)
  .filter((name) => name.endsWith('.test.ts') && readFileSync(name, 'utf8').includes('vi.mock('));

/**
 * unit, unit-mocking: pure code and fixtures, anywhere.  e2e: the built program as a user runs it.
 * differential: against the real netstat and ss, in a network namespace (root, Linux).
 * fuzz: hostile input for the parsers; `npm run fuzz` for longer.
 * wine: the built package on Windows' API under Wine (root, Linux).
 */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          globalSetup: globalSetupOfUnits,
          isolate: false,
          setupFiles,
          chaiConfig,
          retry,
          ...patience,
          include: ['test/**/*.test.ts'],
          exclude: [...beyondUnits, ...mocking],
        },
      },
      {
        test: {
          name: 'unit-mocking',
          globalSetup: globalSetupOfUnits,
          setupFiles,
          chaiConfig,
          retry,
          ...patience,
          include: mocking,
          exclude: beyondUnits,
        },
      },
      {
        test: {
          name: 'e2e',
          globalSetup,
          setupFiles,
          chaiConfig,
          retry,
          include: ['test/e2e/**/*.test.ts'],
          // An executable has its platform built in and cannot be told that it is on a Mac; its runtime
          // ends itself where it gets no thread (docs/standalone.md). Habits, pages and captures are the program's own
          // logic; the package, its start, the sources run directly and the memory that V8 takes are Node's.
          exclude: process.env.TSNETSTAT_EXE
            ? [
                ...['darwin', 'scarce-threads', 'habits', 'readme', 'proc-root'],
                ...['package', 'start', 'memory', 'source'],
              ].map((name) => `test/e2e/${name}.test.ts`)
            : [],
          ...patience,
        },
      },
      {
        test: {
          name: 'differential',
          globalSetup,
          setupFiles,
          chaiConfig,
          retry,
          include: ['test/differential/**/*.test.ts'],
          // An executable has its own runtime, threads and calls of libc to prove; what these cases
          // hold is the program's logic, which the package has proved.
          exclude: process.env.TSNETSTAT_EXE
            ? [
                'alarms',
                'ansible',
                'changes',
                'container-names',
                'diagnose',
                'diagnose-service',
                'exposure-rules',
                'frozen',
                'fuzz',
                'machines',
                'metrics',
                'odd-lines',
                'pipelines',
                'prometheus-contrib',
                'remote',
                'reports',
                'sctp',
                'select',
                'serve-systemd',
                'socket-units',
                'statistics-lines',
              ].map((name) => `test/differential/${name}.test.ts`)
            : [],
          testTimeout: 600_000,
          hookTimeout: 600_000,
        },
      },
      {
        test: {
          name: 'fuzz',
          globalSetup: globalSetupOfUnits,
          setupFiles: support('removed-folders'),
          chaiConfig,
          include: ['test/fuzz/**/*.test.ts'],
          testTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'wine',
          globalSetup,
          setupFiles: support('removed-folders'),
          chaiConfig,
          retry,
          include: ['test/wine/**/*.test.ts'],
          // The one session runs in a hook; on a busy machine it takes many times as long.
          testTimeout: 600_000,
          hookTimeout: 7_200_000,
        },
      },
    ],
  },
});
