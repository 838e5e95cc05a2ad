import { execFile } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';

const project = join(import.meta.dirname, '..');

/** A folder of src, or one of its files, and what must not be imported there. */
const forbidden: readonly (readonly [place: string, imports: readonly string[]])[] = [
  ['errors.ts', ['./model/socket.js', 'node:fs']],
  ['host.ts', ['./errors.js']],
  ['start', ['../cli.js', '../errors.js', 'commander']],
  ['model', ['../errors.js', '../select/index.js', 'node:net']],
  ['select', ['../format/index.js', '../platform/backend.js', '../run.js', '../vocabulary.js']],
  ['select', ['node:fs', 'node:fs/promises', 'chalk', 'commander']],
  ['select/expression', ['../../resolve/index.js', '../../rows.js', 'node:os']],
  ['explain', ['../format/text-width.js', '../select/problem.js', '../completion.js', 'chalk']],
  ['resolve', ['../platform/backend.js', '../naming.js', 'commander', 'koffi']],
  ['format', ['../select/states.js', '../host.js', 'node:fs', 'commander']],
  ['format/netstat', ['../../platform/backend.js', '../../run.js', 'chalk', 'node:os']],
  ['format/columns', ['../../select/index.js', '../../naming.js']],
  ['options', ['../select/states.js', '../vocabulary.js', '../manual.js', 'node:fs', 'chalk']],
  ['options/completion', ['../../format/columns/index.js', '../../vocabulary.js', 'commander']],
  ['platform', ['../select/index.js', '../run.js', 'node:fs']],
  ['platform/linux', ['../darwin/index.js', '../win32/address.js', '../index.js', 'koffi']],
  ['platform/linux', ['../../resolve/index.js', '../../host.js', 'chalk']],
  ['platform/linux/owners', ['../../darwin/address.js', '../../../format/sanitize.js']],
  ['platform/darwin', ['../linux/text.js', '../../select/index.js', 'koffi']],
  ['platform/win32', ['../linux/text.js', '../../rows.js', 'commander']],
  ['rows.ts', ['./format/index.js', './options/index.js', './run.js', 'node:fs']],
  ['naming.ts', ['./format/index.js', './cli.js', 'node:dns']],
  ['vocabulary.ts', ['./platform/index.js', './resolve/index.js', './run.js']],
  ['completion.ts', ['./platform/index.js', './cli.js', 'commander']],
  ['library.ts', ['./options/index.js', './format/index.js', './run.js', './cli.js', 'commander']],
  ['library-options.ts', ['./platform/index.js', './select/index.js', 'node:fs', 'commander']],
  ['run.ts', ['./cli.js', './library.js', 'node:fs', 'commander', 'chalk', 'koffi']],
  ['cli.ts', ['./options/index.js', './platform/index.js', './rows.js', 'commander']],
];

const allowed: typeof forbidden = [
  ['start', ['./code-cache.js', 'node:fs', 'node:vm']],
  ['model', ['./socket.js']],
  ['select', ['../model/socket.js', '../errors.js', './expression/parse.js']],
  ['select/expression', ['../condition.js', '../../model/socket.js', './ast.js']],
  ['resolve', ['node:fs', 'node:fs/promises', '../errors.js']],
  ['format', ['chalk', 'cli-table3', './columns/index.js', '../model/names.js']],
  ['format/netstat', ['../columns/index.js', '../sanitize.js', '../../errors.js']],
  ['options', ['commander', './completion/index.js']],
  ['platform', ['./linux/index.js', '../errors.js']],
  ['platform/linux', ['../backend.js', './owners/process.js', 'node:fs', '../../model/owner.js']],
  [
    'platform/linux/owners',
    ['../proc.js', '../../backend.js', '../../hold-back.js', '../../../errors.js', 'node:os'],
  ],
  ['platform/win32', ['koffi', '../backend.js']],
  ['library.ts', ['./library-options.js', './rows.js', './platform/index.js']],
  ['library-options.ts', ['./errors.js', './options/default-request.js']],
  ['run.ts', ['./rows.js', './format/index.js', './host.js']],
  ['cli.ts', ['./run.js', 'node:fs']],
];

interface Diagnostic {
  readonly category: string;
  readonly location: { readonly path: string; readonly start: { readonly line: number } };
}

const fileOf = (place: string) => `src/${place.endsWith('.ts') ? place : `${place}/a-file.ts`}`;

/** The imports of one file, each on a line of its own. */
function importsByFile(): Map<string, string[]> {
  const files = new Map<string, string[]>();
  for (const [place, imports] of [...forbidden, ...allowed]) {
    files.set(fileOf(place), [...(files.get(fileOf(place)) ?? []), ...imports]);
  }
  return files;
}

/** The imports that the linter refuses in a copy of src that holds nothing else: `file import`. */
async function refusedImports(): Promise<ReadonlySet<string>> {
  const root = mkdtempSync(join(tmpdir(), 'tsnetstat-rules-'));
  try {
    copyFileSync(join(project, 'biome.json'), join(root, 'biome.json'));
    const files = importsByFile();
    for (const [file, imports] of files) {
      mkdirSync(dirname(join(root, file)), { recursive: true });
      const lines = imports.map((name, line) => `import * as name${line} from '${name}';\n`);
      writeFileSync(join(root, file), lines.join(''));
    }
    const found = await lint(root);
    return new Set(
      found
        .filter(({ category }) => category === 'lint/style/noRestrictedImports')
        .map(({ location: { path, start } }) => `${path} ${files.get(path)?.[start.line - 1]}`),
    );
  } finally {
    rmSync(root, { recursive: true });
  }
}

function lint(folder: string): Promise<readonly Diagnostic[]> {
  const biome = join(project, 'node_modules/@biomejs/biome/bin/biome');
  const args = [biome, 'lint', '--vcs-enabled=false', '--reporter=json', '--max-diagnostics=none'];
  return new Promise((resolve, reject) => {
    execFile(process.execPath, args, { cwd: folder, maxBuffer: 1 << 26 }, (_, out, complaint) => {
      try {
        resolve(JSON.parse(out).diagnostics);
      } catch {
        reject(new Error(`biome: ${complaint}`));
      }
    });
  });
}

describe('who may import whom', () => {
  let refused: ReadonlySet<string>;
  beforeAll(async () => {
    refused = await refusedImports();
  }, 60_000);

  const each = (table: typeof forbidden) =>
    table.flatMap(([place, imports]) => imports.map((name) => [place, name] as const));

  it.each(each(forbidden))('%s does not import %s', (place, name) => {
    expect(refused).toContain(`${fileOf(place)} ${name}`);
  });

  it.each(each(allowed))('%s may import %s', (place, name) => {
    expect(refused).not.toContain(`${fileOf(place)} ${name}`);
  });
});
