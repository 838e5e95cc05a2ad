/**
 * The program where something is scarce: descriptors, threads, memory, the sight of others' processes.
 * It prints what netstat prints in the same place, or says what is in its way; it never takes what it
 * could not read for nothing.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Cgroup, canMakeCgroup, makeCgroup } from '../support/cgroup.ts';
import type { Output } from '../support/command.ts';
import { isExecutable, programFiles } from '../support/program.ts';
import { reasonToSkip } from '../support/requirements.ts';
import { table } from './cases.ts';
import { asNetTools } from './deviations.ts';
import { startZoo, type Zoo, skipReason as zooSkips } from './zoo.ts';

const skipReason =
  zooSkips ??
  reasonToSkip({
    platforms: ['linux'],
    root: true,
    programs: ['prlimit', 'unshare', 'setpriv', 'mount', 'awk'],
    files: programFiles,
    abilities: {
      'cgroups of pids': () => canMakeCgroup('pids'),
      'cgroups of memory': () => canMakeCgroup('memory'),
    },
  });

const nobody = '65534';
const mebibyte = 1024 * 1024;
/** Milliseconds for one run, which takes a second or two where nothing else runs: what hangs is killed. */
const timeout = 100_000;

/** A command that runs another one with something missing. */
type Under = readonly string[];

const asNobody = ['setpriv', `--reuid=${nobody}`, `--regid=${nobody}`, '--clear-groups', '--'];
const hidepid = 'mount -t proc -o hidepid=2 proc /proc && exec "$@"';
const shortages = {
  'with 64 descriptors': ['prlimit', '--nofile=64', '--'],
  'as an ordinary user who sees no process of others (hidepid=2)': [
    ...['unshare', '--mount', 'sh', '-c', hidepid, 'sh'],
    ...asNobody,
  ],
  'in a user namespace': ['unshare', '--user', '--map-root-user', '--'],
} as const satisfies Record<string, Under>;

/** Where others' processes are hidden or foreign, owners are missing and that is told. */
const hidesOwners = (shortage: string) => !shortage.includes('descriptors');

/** What netstat has too, to be printed in the same bytes. */
const listings = [
  ['-tulpn'],
  ['-tuanp'],
  ['-tuwanpe'],
  ['-xanp'],
  ['-an'],
  ['-rn'],
  ['-6rn'],
  ['-in'],
  ['-g'],
  ['-gn'],
];
/** The shapes that only this program has. */
const shapes = [
  ['-tuanp', '--json'],
  ['-tuanp', '--format', 'ndjson'],
  ['-tuanp', '--format', 'csv'],
  ['-tuanp', '--format', 'table'],
  ['-s'],
  ['-xanp', '--json'],
  ['-rn', '--json'],
  ['-in', '--json'],
];
/** Of an executable, whose tables the same code prints, every second. */
const of = <Case>(all: readonly Case[]) => all.filter((_, at) => !isExecutable || at % 2 === 0);
const heavy = [['-tuanp'], ['-tan'], ['-tulpn'], ['-xanp']];
const heavyShapes = [
  ['-tuanp', '--json'],
  ['-tan', '--format', 'csv'],
];

/** Without what Node itself says where it has no thread to spare. */
function ownWords({ stderr }: Output): string {
  return stderr.replace(/^node\[\d+\]: pthread_create: .*\n/gm, '');
}

/** What ended well: no signal, no trace of an exception, nothing taken for an empty table. */
function expectAnswer({ stdout, stderr, code }: Output, expectedCode: number | null = 0): void {
  expect(stderr).not.toMatch(/^\s+at |Error:|Assertion|uncaught/m);
  expect(code, stderr).toBe(expectedCode);
  expect(stdout.length, stderr).toBeGreaterThan(0);
}

/** The text apart from when it was taken. */
function undated({ stdout }: Output): string {
  return stdout.toString('utf8').replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'then');
}

describe.skipIf(skipReason)(`what is scarce ${skipReason ?? ''}`, { timeout: 300_000 }, () => {
  /** Compares with netstat under the same shortage. */
  async function compare(zoo: Zoo, args: readonly string[], under: Under): Promise<void> {
    expectNetstats(
      zoo,
      args,
      await zoo.tsnetstat(args, { under, timeout }),
      await zoo.netstat(args, { under, timeout }),
    );
  }

  function expectNetstats(zoo: Zoo, args: readonly string[], ours: Output, theirs: Output): void {
    expectAnswer(ours, theirs.code);
    const printed = asNetTools(ours.stdout.toString('latin1'), args, zoo.ready.programs);
    expect(printed, ours.stderr).toBe(theirs.stdout.toString('latin1'));
  }

  /** What the program prints among few sockets where nothing is scarce: asked for once, since nothing changes there. */
  const wholes = new Map<string, Output>();

  /** Compares with the same program that lacks nothing. */
  async function compareWithWhole(zoo: Zoo, args: readonly string[], under: Under): Promise<void> {
    const line = args.join(' ');
    const whole = wholes.get(line) ?? (await zoo.tsnetstat(args, { timeout }));
    wholes.set(line, whole);
    const ours = await zoo.tsnetstat(args, { under, timeout });
    expectAnswer(ours);
    expect(undated(ours), ours.stderr).toBe(undated(whole));
  }

  /** Two rounds of -c, which an ordinary reader ends by closing the pipe. */
  async function twoRounds(zoo: Zoo, under: Under): Promise<Output> {
    const line = '"$@" | awk \'/^Active/ { if (++rounds > 2) exit } { print }\'';
    const command = [...under, ...zoo.program, '-tanp', '-c', '--interval', '0.2'];
    return zoo.run(['sh', '-c', line, 'sh', ...command], { timeout });
  }

  async function compareRounds(zoo: Zoo, under: Under): Promise<void> {
    const theirs = await zoo.netstat(['-tanp'], { under });
    const ours = await twoRounds(zoo, under);
    expectAnswer(ours);
    const printed = asNetTools(ours.stdout.toString('latin1'), ['-tanp'], zoo.ready.programs);
    expect(printed, ours.stderr).toBe(theirs.stdout.toString('latin1').repeat(2));
  }

  async function compareQuiet(zoo: Zoo, under: Under): Promise<void> {
    const found = await zoo.tsnetstat(['-tlnq', '--port', '7001'], { under });
    expect([found.stdout.toString(), ownWords(found), found.code]).toEqual(['', '', 0]);
    const free = await zoo.tsnetstat(['-tlnq', '--port', '7999'], { under });
    expect([free.stdout.toString(), ownWords(free), free.code]).toEqual(['', '', 1]);
  }

  describe('among few sockets', () => {
    let zoo: Zoo;
    beforeAll(async () => {
      zoo = await startZoo('still');
    });
    afterAll(() => zoo?.stop());

    describe.each(Object.entries(shortages))('%s', (shortage, under) => {
      it.each(table(of(listings)))('%s is what netstat prints', (_, args) =>
        compare(zoo, args, under),
      );

      it('-c shows the same in its second round', () => compareRounds(zoo, under));

      it('--quiet answers by its exit code alone', () => compareQuiet(zoo, under));

      if (!hidesOwners(shortage)) {
        it.each(table(of(shapes)))('%s is what it is with plenty', (_, args) =>
          compareWithWhole(zoo, args, under),
        );
      } else {
        it.each(table(of(shapes).filter(([flags]) => !flags?.includes('p'))))(
          '%s is what it is with plenty',
          (_, args) => compareWithWhole(zoo, args, under),
        );

        it.each(['-tuanp', '-xanp'])('%s reports in JSON that owners are denied', async (flags) => {
          const answer = await zoo.tsnetstat([flags, '--json'], { under });
          expectAnswer(answer);
          const { sockets, warnings } = JSON.parse(answer.stdout.toString('utf8'));
          expect(sockets.length).toBeGreaterThan(3);
          const reasons = new Set(
            sockets
              .filter(({ inode, owners }: { inode: number; owners: [] }) => inode && !owners.length)
              .map(({ noOwner }: { noOwner: string }) => noOwner),
          );
          expect([...reasons]).toEqual(['denied']);
          expect(warnings.map(({ code }: { code: string }) => code)).toContain('owners-denied');
        });

        it('-tuanp reports on stderr what is in the way', async () => {
          const { stderr } = await zoo.tsnetstat(['-tuanp'], { under });
          expect(stderr).toMatch(/^tsnetstat: .*(process|owner)/m);
        });

        it.each(['csv', 'table'])('-tuanp --format %s lists every socket', async (format) => {
          const args = ['-tuanp', '--format', format, '--columns', 'local,lport'];
          await compareWithWhole(zoo, args, under);
        });
      }
    });
  });

  describe('among 20,000 sockets', () => {
    let zoo: Zoo;
    let pids: Cgroup;
    let memory: Cgroup;
    /** With fewer threads than this Node itself does not start: it waits for them for ever. */
    let leastThreads = 12;
    /** Nothing changes here, so what each prints with plenty is asked for once. */
    const plenty = new Map<string, Output>();

    beforeAll(async () => {
      zoo = await startZoo('crowded');
      memory = makeCgroup('memory');
      memory.limit(256 * mebibyte);
      pids = makeCgroup('pids');
      const begun = performance.now();
      await zoo.tsnetstat(['--version'], { timeout });
      // What does not start in many times the time that it takes now waits for ever.
      const patience = Math.max(15_000, 40 * (performance.now() - begun));
      for (let threads = leastThreads; threads > 0; threads--) {
        pids.limit(threads);
        const visit = { under: pids.under, timeout: patience };
        if ((await zoo.tsnetstat(['--version'], visit)).code !== 0) break;
        leastThreads = threads;
      }
      for (const args of heavy) plenty.set(args.join(' '), await zoo.netstat(args, { timeout }));
      for (const args of heavyShapes) {
        plenty.set(args.join(' '), await zoo.tsnetstat(args, { timeout }));
      }
    }, 600_000);
    afterAll(async () => {
      await zoo?.stop();
      pids?.remove();
      memory?.remove();
    });

    const withPlenty = (args: readonly string[]) => plenty.get(args.join(' ')) as Output;

    async function expectNetstatsBytes(args: readonly string[], under: Under): Promise<void> {
      const ours = await zoo.tsnetstat(args, { under, timeout });
      expectNetstats(zoo, args, ours, withPlenty(args));
    }

    async function expectWhole(args: readonly string[], under: Under): Promise<void> {
      const ours = await zoo.tsnetstat(args, { under, timeout });
      expectAnswer(ours);
      expect(undated(ours) === undated(withPlenty(args)), ours.stderr).toBe(true);
    }

    it('there are that many, and Node starts with fewer than a dozen threads', () => {
      const lines = withPlenty(['-tan']).stdout.toString('latin1').split('\n');
      expect(lines.length).toBeGreaterThan(20_000);
      expect(leastThreads).toBeLessThan(12);
    });

    describe('in 256 MiB of memory', () => {
      it.each(table(heavy))('%s is what netstat prints', (_, args) =>
        expectNetstatsBytes(args, memory.under),
      );
      it.each(table(heavyShapes))('%s is what it is with plenty', (_, args) =>
        expectWhole(args, memory.under),
      );
      it('-c shows the same in its second round', () => compareRounds(zoo, memory.under));
    });

    // Node 20 reserves 711 MiB, and 650 for a thread.
    it.each(isExecutable ? [] : [1170])(
      'with %d MiB of address space, for Node but not for its threads, it lists what it can',
      async (size) => {
        const under = ['prlimit', `--as=${size * mebibyte}`, '--'];
        expectAnswer(await zoo.tsnetstat(['-tan', '--all-netns'], { under, timeout }));
      },
    );

    // From what Node itself needs, one by one to where the threads have room.
    // An executable's runtime ends itself where it gets no thread (docs/standalone.md).
    describe.each(isExecutable ? [] : [0, 1, 2, 4, 6])(
      'with %d threads more than Node starts with',
      (more) => {
        beforeAll(() => pids.limit(leastThreads + more));

        it.each(table(heavy))('%s is what netstat prints', (_, args) =>
          expectNetstatsBytes(args, pids.under),
        );
        it.each(table(heavyShapes))('%s is what it is with plenty', (_, args) =>
          expectWhole(args, pids.under),
        );
        it('--quiet answers by its exit code alone', () => compareQuiet(zoo, pids.under));
      },
    );

    // With 8 an executable's runtime sometimes finds none for itself, and ends.
    const few = isExecutable ? 20 : 8;
    describe(`with ${few} threads`, () => {
      beforeAll(() => pids.limit(Math.max(few, leastThreads)));

      it.each(table([['-rn'], ['-in'], ['-g'], ['-tulpn']]))(
        '%s is what netstat prints',
        (_, args) => compare(zoo, args, pids.under),
      );
      it('-c shows the same in its second round', () => compareRounds(zoo, pids.under));
    });

    it.each(table(heavy))('with 64 descriptors: %s is what netstat prints', (_, args) =>
      expectNetstatsBytes(args, shortages['with 64 descriptors']),
    );
  });
});
