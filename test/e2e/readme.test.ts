import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { programFiles, quotedProgram } from '../support/program.ts';
import { reasonToSkip } from '../support/requirements.ts';
import { blocksOf, commandsOf, rerun } from './support/readme.ts';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const readme = readFileSync(join(root, 'README.md'), 'utf8');
/** The README, and the pages that it leads to. */
const pages = [
  'README.md',
  ...readdirSync(join(root, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
];
const textOf = (page: string) => readFileSync(join(root, page), 'utf8');
const blocks = pages.flatMap((page) => blocksOf(textOf(page)).map((block) => ({ page, ...block })));
const withExamples = [
  ...new Set(blocks.filter(({ language }) => language === 'console').map(({ page }) => page)),
];
const reason = reasonToSkip({
  platforms: ['linux'],
  programs: ['bash', 'jq', 'awk'],
  files: programFiles,
});

describe.skipIf(reason !== null)(
  `the examples of README and docs (${reason ?? 'all are run'})`,
  () => {
    const folder = mkdtempSync(join(tmpdir(), 'tsnetstat-readme-'));
    beforeAll(() => {
      // The program as the reader types it, on the machine that the README shows.
      const script = `#!/bin/sh\nexec ${quotedProgram} --proc-root '${root}/fixtures/readme' "$@"\n`;
      writeFileSync(join(folder, 'tsnetstat'), script);
      chmodSync(join(folder, 'tsnetstat'), 0o755);
    });
    afterAll(() => rmSync(folder, { recursive: true, force: true }));

    function run(command: string): string {
      const { NO_COLOR: _, FORCE_COLOR: __, ...env } = process.env;
      const { stdout, error } = spawnSync('bash', ['-c', `exec 2>&1; ${command}`], {
        cwd: folder,
        env: { ...env, PATH: `${folder}:${env.PATH}`, LC_ALL: 'C' },
        timeout: 30_000,
      });
      if (error) throw error;
      return stdout.toString();
    }

    test.each(withExamples)(
      'print what %s shows (vitest -u writes anew what they print)',
      {
        // A hundred starts, on a machine that may be busy.
        timeout: 900_000,
      },
      async (page) => {
        await expect(rerun(textOf(page), run)).toMatchFileSnapshot(join(root, page));
      },
    );

    test('its picture shows what is printed (scripts/readme-picture.js draws it anew)', async () => {
      const file = join(folder, 'picture.svg');
      execFileSync(process.execPath, [join(root, 'scripts/readme-picture.js'), file]);
      expect(readFileSync(file, 'utf8')).toBe(readFileSync(join(root, 'docs/picture.svg'), 'utf8'));
    });

    test('each prints something, or is said to print nothing', () => {
      for (const block of blocks.filter(({ language }) => language === 'console')) {
        expect(commandsOf(block.text).length, block.text).toBeGreaterThan(0);
        expect(block.text.split('\n').length - 1, block.text).toBeGreaterThan(
          commandsOf(block.text).length,
        );
      }
    });

    test('its line for ~/.bashrc makes bash complete what the program knows', () => {
      const words = 'COMP_WORDS=(tsnetstat -tp --program n) COMP_CWORD=3';
      const reply = `_tsnetstat tsnetstat; printf '%s\\n' "\${COMPREPLY[@]}"`;
      expect(readme).toContain('eval "$(tsnetstat --completion bash)"');
      expect(run(`eval "$(tsnetstat --completion bash)"; ${words}; ${reply}`)).toBe(
        'nginx:\\ master\\ process\\ /usr/sbin/nginx\nnginx:\\ worker\\ process\nnode\n',
      );
    });

    test('those for scripts are all among them', () => {
      const ofScripts = blocks.filter(({ page }) => page === 'docs/scripts.md');
      expect(ofScripts.length).toBeGreaterThan(8);
      expect(ofScripts.map(({ language }) => language)).toEqual(ofScripts.map(() => 'console'));
    });
  },
);

describe.each(pages)('what %s links to', (page) => {
  const text = textOf(page).replace(/^```.*?^```$/gms, '');
  const links = [...text.matchAll(/\]\((?!https?:)([^)#]*)(?:#([^)]+))?\)/g)];

  test('is there', () => {
    for (const [, path = '', anchor] of links) {
      const target = path === '' ? page : posix.join(posix.dirname(page), path);
      expect(existsSync(join(root, target)), `${path}`).toBe(true);
      if (anchor !== undefined)
        expect(anchorsOf(textOf(target)), `${path}#${anchor}`).toContain(anchor);
    }
  });
});

test('the README leads to every page', () => {
  for (const page of pages.slice(1)) {
    if (page === 'docs/releasing.md') continue;
    expect(readme, page).toContain(`(${page})`);
  }
});

function anchorsOf(markdown: string): readonly string[] {
  return [...markdown.matchAll(/^#+ (.*)$/gm)].map(([, title = '']) =>
    title
      .toLowerCase()
      .replace(/[^\w -]/g, '')
      .replaceAll(' ', '-'),
  );
}

const withoutBuild = reasonToSkip({
  platforms: ['linux', 'darwin', 'win32'],
  files: { [join(root, 'dist/library.d.ts')]: 'npm run build' },
});

const libraryPages = [
  ['docs/library.md', /^\S+ (80|80\d\d|8100) LISTEN /],
  // Who has port 3000 here, and when, is not known.
  ['docs/ports.md', /./],
] as const;

describe.skipIf(withoutBuild !== null)(`the library (${withoutBuild ?? 'built'})`, () => {
  // Inside the package, so that its own name leads to it as it does for whoever installs it.
  const folder = join(root, '.cache', `readme-${process.pid}`);
  const fileOf = (page: string) => join(folder, `${page.replaceAll('/', '-')}.ts`);
  beforeAll(() => {
    mkdirSync(folder, { recursive: true });
    for (const [page] of libraryPages) {
      const text = readFileSync(join(root, page), 'utf8');
      const source = blocksOf(text).find(({ language }) => language === 'ts')?.text ?? '';
      expect(source, page).not.toBe('');
      writeFileSync(fileOf(page), source);
    }
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test('examples are right TypeScript', () => {
    const options = ['--strict', '--noEmit', '--module', 'nodenext', '--target', 'es2023'];
    const tsc = join(root, 'node_modules/typescript/bin/tsc');
    const files = libraryPages.map(([page]) => fileOf(page));
    const { stdout } = spawnSync(
      process.execPath,
      [tsc, ...options, '--types', 'node', '--ignoreConfig', ...files],
      { cwd: root },
    );
    expect(stdout.toString()).toBe('');
  });

  test.each(libraryPages)("%s's example runs", async (page, expected) => {
    const outfile = fileOf(page).replace(/\.ts$/, '.mjs');
    await build({ entryPoints: [fileOf(page)], outfile, format: 'esm', target: 'node20' });
    const output = execFileSync(process.execPath, [outfile], { encoding: 'utf8' });
    for (const line of output.split('\n').filter((text) => text !== '')) {
      expect(line).toMatch(expected);
    }
  });
});
