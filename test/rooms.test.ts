import { execFile } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, posix } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { temporaryFolder } from './support/temporary-folder.ts';

const project = join(import.meta.dirname, '..');

type Imports = readonly (readonly [place: string, imports: readonly string[]])[];

/** A folder of src, or one of its files, and what must not be imported there. */
const forbidden: Imports = [
  ['errors.ts', ['./model/socket/socket.ts', 'node:fs']],
  ['host.ts', ['./errors.ts']],
  ['start', ['../cli.ts', '../errors.ts', 'commander']],
  ['flow', ['../model/socket/socket.ts', '../errors.ts', 'node:timers/promises']],
  ['model', ['../flow/turns.ts', './protocol.ts', 'node:net']],
  ['model/address', ['../machine/netns.ts', '../../text/width.ts', '../../errors.ts']],
  ['model/machine', ['../socket/socket.ts', '../report/snapshot.ts', 'node:net']],
  ['model/socket', ['../report/snapshot.ts', '../packed/sockets.ts', '../../select/index.ts']],
  ['model/report', ['../request/query.ts', '../packed/sockets.ts', '../../flow/turns.ts']],
  ['model/packed', ['../request/needs.ts', 'node:os']],
  ['model/request', ['../machine/netns.ts', '../../errors.ts']],
  ['text', ['../attributes/index.ts', '../views/text/index.ts', 'node:fs']],
  [
    'analysis',
    ['../attributes/index.ts', '../sources/source.ts', '../views/text/index.ts', 'node:fs'],
  ],
  [
    'analysis/checks',
    ['../../pipeline/read.ts', '../../attributes/index.ts', '../../errors.ts', 'node:fs'],
  ],
  [
    'analysis/metrics',
    ['../../pipeline/read.ts', '../../views/metrics/text.ts', '../../errors.ts', 'node:fs'],
  ],
  ['attributes', ['../select/index.ts', '../views/text/index.ts']],
  ['select', ['../views/text/index.ts', '../sources/source.ts', '../commands/run.ts']],
  ['select', ['node:fs', 'node:fs/promises', 'chalk', 'commander']],
  ['select/expression', ['../../resolve/index.ts', '../../pipeline/read.ts', 'node:os']],
  ['explain', ['../views/text/index.ts', '../select/problem.ts', 'chalk']],
  ['trust', ['../model/socket/socket.ts', '../errors.ts', 'node:child_process']],
  ['resolve', ['../sources/source.ts', '../pipeline/name.ts', 'commander', 'koffi']],
  ['resolve/dns', ['../../cli.ts', 'commander']],
  ['views/text', ['../../select/states.ts', '../../host.ts', 'node:fs', 'commander']],
  ['views/text/netstat', ['../../../sources/source.ts', '../../../commands/run.ts', 'node:os']],
  [
    'views/live',
    [
      '../text/index.ts',
      '../../analysis/rounds/round-marks.ts',
      '../../host.ts',
      'node:fs',
      'chalk',
    ],
  ],
  ['views/metrics', ['../text/index.ts', '../../analysis/metrics/label.ts', 'node:fs']],
  ['version.ts', ['./errors.ts', 'node:os']],
  ['process', ['../cli.ts', '../commands/run.ts', '../views/live/grid.ts']],
  ['process', ['../sources/linux/libc.ts', 'commander']],
  ['options', ['../select/states.ts', '../commands/manual.ts', 'node:fs', 'chalk']],
  ['options/completion', ['../../attributes/index.ts', '../../commands/vocabulary.ts', 'koffi']],
  ['sources/linux', ['../darwin/index.ts', '../win32/address.ts', '../index.ts', 'koffi']],
  ['sources/linux', ['../../resolve/index.ts', '../../host.ts', 'chalk']],
  ['sources/linux/owners', ['../../darwin/address.ts', '../../../attributes/index.ts']],
  ['sources/linux/netlink/tcp', ['../../../../cli.ts', 'commander']],
  ['sources/darwin', ['../linux/text.ts', '../../select/index.ts', 'koffi']],
  ['sources/win32', ['../linux/text.ts', '../../pipeline/read.ts', 'commander']],
  ['sources/machines', ['../remote/index.ts', '../linux/index.ts', '../../host.ts', 'koffi']],
  ['sources/index.ts', ['../select/index.ts', './linux/text.ts', 'node:fs']],
  ['sources/remote', ['../linux/index.ts', '../linux/owners/walk.ts', '../darwin/address.ts']],
  ['sources/remote', ['../../saved/parse-saved.ts', '../../pipeline/read.ts', 'koffi']],
  ['shapes', ['../saved/parse-saved.ts', '../sources/source.ts', 'node:fs']],
  ['saved', ['../sources/source.ts', '../select/index.ts', '../commands/run.ts', 'koffi']],
  [
    'serving',
    ['../pipeline/read.ts', '../commands/run.ts', '../host.ts', '../sources/source.ts', 'node:fs'],
  ],
  ['cli.ts', ['./serving/server.ts', 'node:http', 'node:fs']],
  ['pipeline', ['../serving/server.ts', 'node:http']],
  ['pipeline', ['../views/text/index.ts', '../options/index.ts', '../cli.ts', 'node:fs']],
  ['pipeline', ['../sources/linux/index.ts', '../commands/run.ts', 'koffi']],
  ['commands', ['../cli.ts', '../library.ts', '../sources/linux/index.ts', 'node:fs', 'chalk']],
  ['library.ts', ['./options/index.ts', './views/text/index.ts', './commands/run.ts', './cli.ts']],
  ['library.ts', ['commander', 'node:fs']],
  ['cli.ts', ['./options/index.ts', './sources/index.ts', './pipeline/read.ts', 'commander']],
  // Rooms that there are not: they may import nothing.
  ['views', ['../cli.ts', 'node:fs', 'commander']],
  ['newtop.ts', ['./errors.ts', 'node:fs', 'commander']],
  ['sources', ['./source.ts', 'node:fs']],
  ['platform', ['../model/socket/socket.ts']],
];

/** What may be: the check must not refuse everything. */
const allowed: Imports = [
  ['start', ['./code-cache.ts', 'node:fs', 'node:vm']],
  ['process', ['./signals.ts', '../text/sanitize.ts', '../errors.ts', '../host.ts', 'node:fs']],
  ['cli.ts', ['./process/signals.ts', './trust/root-alone.ts', 'node:child_process']],
  ['flow', ['./turns.ts']],
  ['model/address', ['./endpoint.ts']],
  ['model/machine', ['../address/port.ts', '../protocol.ts']],
  ['model/socket', ['../machine/place.ts', '../writable.ts']],
  ['model/report', ['../socket/socket.ts', '../machine/place.ts']],
  ['model/packed', ['../report/snapshot.ts', '../socket/socket.ts']],
  ['model/request', ['../report/snapshot.ts', '../packed/sockets.ts', '../shell-word.ts']],
  ['analysis', ['../model/socket/socket.ts', './identity.ts']],
  ['analysis/checks', ['../../model/socket/socket.ts', './check.ts']],
  [
    'analysis/metrics',
    ['../../model/socket/socket.ts', '../../text/sanitize.ts', '../../attributes/interfaces.ts'],
  ],
  ['views/metrics', ['../../model/report/metric.ts']],
  ['version.ts', ['node:fs']],
  ['select', ['../model/socket/socket.ts', '../errors.ts', '../attributes/index.ts']],
  ['select/expression', ['../condition.ts', '../../model/socket/socket.ts', './ast.ts']],
  ['trust', ['node:fs', 'node:path']],
  ['resolve', ['../trust/system-path.ts', 'node:fs', 'node:fs/promises', '../errors.ts']],
  [
    'views/text',
    ['chalk', 'cli-table3', '../../attributes/index.ts', '../../model/report/names.ts'],
  ],
  ['views/text/netstat', ['../../../text/sanitize.ts', '../../../flow/turns.ts']],
  [
    'views/live',
    ['../../attributes/index.ts', '../../model/socket/socket.ts', '../../text/width.ts'],
  ],
  ['options', ['commander', './completion/index.ts']],
  ['sources/linux', ['../source.ts', './owners/walk.ts', 'node:fs', '../../model/socket/owner.ts']],
  ['sources/linux/owners', ['../proc/proc.ts', '../../source.ts', '../../../errors.ts', 'node:os']],
  ['sources/elf-file.ts', ['node:fs']],
  ['sources/native.ts', ['./elf-file.ts', '../trust/installed-file.ts', 'node:module']],
  ['sources/win32', ['../native.ts', '../source.ts']],
  ['sources/machines', ['../reading.ts', '../source.ts', '../../errors.ts', 'node:fs']],
  [
    'sources/remote',
    ['../linux/received-source.ts', '../../shapes/shape.ts', 'node:child_process'],
  ],
  ['shapes', ['../model/report/snapshot.ts']],
  ['saved', ['node:fs', '../model/request/asked.ts', '../errors.ts']],
  ['serving', ['node:http', 'node:net', 'node:crypto', 'node:zlib', '../model/request/serving.ts']],
  [
    'pipeline',
    [
      '../analysis/peers/peers.ts',
      '../sources/source.ts',
      '../select/index.ts',
      '../resolve/index.ts',
    ],
  ],
  [
    'commands',
    ['../pipeline/read.ts', '../views/text/index.ts', '../host.ts', '../serving/server.ts'],
  ],
];

interface Planted {
  readonly file: string;
  readonly imported: string;
}

/** One file for each import, so that each is judged by itself. A top-level file keeps its own name. */
function planted(list: Imports, kind: string): readonly Planted[] {
  return list.flatMap(([place, imports], row) =>
    imports.map((imported, i) => ({
      file: place.endsWith('.ts') ? `src/${place}` : `src/${place}/planted-${kind}-${row}-${i}.ts`,
      imported,
    })),
  );
}

const [bad, good] = [planted(forbidden, 'bad'), planted(allowed, 'good')];

/** Everything that the check refuses: a file, or an import as `FILE imports WHAT`. */
async function refusals(root: string): Promise<ReadonlySet<string>> {
  const tool = join(project, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs');
  const args = [tool, 'src', '--config', '.dependency-cruiser.cjs', '--output-type', 'json'];
  const text = await new Promise<string>((resolve) => {
    const options = { cwd: root, maxBuffer: 64 << 20 };
    execFile(process.execPath, args, options, (_, stdout) => resolve(stdout));
  });
  const { modules } = JSON.parse(text) as {
    readonly modules: readonly {
      readonly source: string;
      /** Of the file itself, whatever it imports. */
      readonly valid: boolean;
      readonly dependencies: readonly { readonly module: string; readonly valid: boolean }[];
    }[];
  };
  return new Set(
    modules.flatMap(({ source, valid, dependencies }) => [
      ...(valid ? [] : [source]),
      ...dependencies
        .filter((one) => !one.valid)
        .map(({ module }) => `${source} imports ${module}`),
    ]),
  );
}

/** The files of src, without their comments. */
const sources = readdirSync(join(project, 'src'), { recursive: true, encoding: 'utf8' })
  .map((name) => name.replaceAll('\\', '/'))
  .filter((name) => name.endsWith('.ts'))
  .map((name) => ({
    name,
    text: readFileSync(join(project, 'src', name), 'utf8').replace(/^ *(\*|\/).*$/gm, ''),
  }));

/** What the files of src import, as the rules of the check name both ends. */
const imports = sources.flatMap(({ name, text }) =>
  [...text.matchAll(/\b(?:from|import)[ (]\s*'([^']+)'/g)].map(([, imported = '']) => {
    const file = `src/${name}`;
    if (imported.startsWith('node:')) return { file, core: true, to: bareName(imported) };
    const isOurs = imported.startsWith('.');
    const to = isOurs ? posix.join(posix.dirname(file), imported) : `node_modules/${imported}/`;
    return { file, core: false, to };
  }),
);

interface Rule {
  readonly from: { readonly path: string };
  /** Without a path: every module of the system. */
  readonly to: { readonly path?: string; readonly dependencyTypes?: readonly ['core'] };
}

/** Whether a file of the room needs the rule to import something outside of the room. */
function isUsed({ from, to }: Rule): boolean {
  const [room, target] = [new RegExp(from.path), new RegExp(to.path ?? '')];
  return imports.some(
    (one) =>
      room.test(one.file) &&
      !room.test(one.to) &&
      one.core === (to.dependencyTypes !== undefined) &&
      target.test(one.to),
  );
}

describe('the table of rooms', () => {
  let root: string;
  let refused: ReadonlySet<string>;

  beforeAll(async () => {
    root = temporaryFolder('rooms-');
    for (const entry of ['src', '.dependency-cruiser.cjs', 'tsconfig.json', 'package.json']) {
      cpSync(join(project, entry), join(root, entry), { recursive: true });
    }
    symlinkSync(join(project, 'node_modules'), join(root, 'node_modules'));
    const texts = new Map<string, string>();
    for (const { file, imported } of [...bad, ...good]) {
      texts.set(file, `${texts.get(file) ?? ''}import type {} from '${imported}';\n`);
    }
    for (const [file, text] of texts) {
      mkdirSync(dirname(join(root, file)), { recursive: true });
      writeFileSync(join(root, file), text);
    }
    writeFileSync(join(root, 'src/alone.ts'), 'export const alone = 1;\n');
    refused = await refusals(root);
  });

  test('refuses a file that no room names, though it imports nothing', () => {
    expect(refused).toContain('src/alone.ts');
  });

  test.each(bad)('refuses that $file imports $imported', ({ file, imported }) => {
    expect(refused).toContain(`${file} imports ${bareName(imported)}`);
  });

  test('is tried with imports of files that are there: others are refused in any case', () => {
    const lacking = [...bad, ...good].filter(
      ({ file, imported }) =>
        imported.startsWith('.') && !existsSync(join(root, dirname(file), imported)),
    );
    expect(lacking).toEqual([]);
  });

  test.each(good)('lets $file import $imported', ({ file, imported }) => {
    expect(refused).not.toContain(`${file} imports ${bareName(imported)}`);
  });

  test('allows nothing that no file needs', () => {
    const config = createRequire(import.meta.url)('../.dependency-cruiser.cjs') as {
      readonly allowed: readonly Rule[];
    };
    const unused = config.allowed
      .filter((rule) => rule.to.path !== rule.from.path && !isUsed(rule))
      .map(({ from, to }) => `${from.path} imports ${to.path ?? 'node:*'}`.replace(/[\^$\\]/g, ''));
    expect(unused).toEqual([]);
  });

  /** Who may get at a module in a way that is no import: where it must not be bundled. */
  const besides: Readonly<Record<string, RegExp>> = {
    'resolve/naming-host.ts': /createRequire/,
    'sources/linux/errno-name.ts': /createRequire/,
    'sources/linux/files/read-thread.ts': /createRequire/,
    'sources/native.ts': /createRequire/,
  };
  /** Ways around the check: what is no import, imports of an expression, imports in a type. */
  const around = /createRequire|getBuiltinModule|\bimport\(\s*[^'\s]|(?:type \w+ = |: )import\('/g;

  test('cannot be gone around', () => {
    const found = sources.flatMap(({ name, text }) => {
      const used = [...new Set(text.match(around) ?? [])];
      return used
        .filter((one) => besides[name]?.test(one) !== true)
        .map((one) => `${name}: ${one}`);
    });
    expect(found).toEqual([]);
    for (const text of ['createRequire(x)', 'import(path)', "type A = import('./a.ts').A;"]) {
      expect(text).toMatch(new RegExp(around.source));
    }
  });
});

/** dependency-cruiser tells the system's modules without their prefix. */
function bareName(imported: string): string {
  return imported.replace(/^node:/, '');
}
