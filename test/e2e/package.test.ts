import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { build } from 'esbuild';
import { describe, expect, it } from 'vitest';
import { snapshot } from '../../src/library.ts';
import { root } from './support/built-bin.ts';

const procRoot = join(root, 'fixtures/linux/quiet-laptop');

describe('the built library', () => {
  it('is imported without side effects, and its errors have their name', () => {
    const script = `
      const count = () => [Object.getOwnPropertyNames(globalThis).length, process.eventNames().length];
      const before = count();
      const { NetstatError } = await import(process.argv[1]);
      console.log(JSON.stringify([
        count().map((now, i) => now - before[i]),
        process.getActiveResourcesInfo().filter((name) => !/Pipe|TTY|Req/.test(name)),
        NetstatError.name,
      ]));`;
    const library = new URL('../../dist/library.js', import.meta.url).href;
    const { stdout, stderr } = spawnSync(
      process.execPath,
      ['--input-type=module', '-e', script, library],
      { encoding: 'utf8' },
    );
    expect(stderr).toBe('');
    expect(JSON.parse(stdout)).toEqual([[0, 0], [], 'NetstatError']);
  });

  it.each([
    ['cjs', 'cjs'],
    ['esm', 'mjs'],
  ] as const)('works where esbuild put it into a bundle: %s', async (format, ending) => {
    const folder = mkdtempSync(join(tmpdir(), 'bundled-'));
    try {
      const outfile = join(folder, `program.${ending}`);
      await build({
        stdin: {
          contents: `
            import { snapshot, NetstatError } from ${JSON.stringify(join(root, 'dist/library.js'))};
            snapshot({ procRoot: process.argv[2], owners: true }).then(async ({ sockets }) => {
              const refused = await snapshot({ port: null }).catch((error) => error);
              console.log(JSON.stringify([sockets.length, refused instanceof NetstatError]));
            });`,
          resolveDir: folder,
        },
        bundle: true,
        platform: 'node',
        format,
        outfile,
        logLevel: 'silent',
      });
      const { stdout, stderr } = spawnSync(process.execPath, [outfile, procRoot], {
        encoding: 'utf8',
        env: { ...process.env, NODE_OPTIONS: '' },
      });
      expect(stderr).toBe('');
      const { sockets } = await snapshot({ procRoot });
      expect(JSON.parse(stdout)).toEqual([sockets.length, true]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe('the types of the package', () => {
  const folder = join(root, 'dist/types');
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.d.ts'))
    .map((name) => join(folder, name));
  const imports = files.flatMap((file) =>
    [...readFileSync(file, 'utf8').matchAll(/\b(?:from|import)\s*\(?\s*['"]([^'"]+)['"]/g)].map(
      ([, path = '']) => ({ file, path }),
    ),
  );

  it('import one another by names that every compiler takes, and are all there', () => {
    expect(imports.length).toBeGreaterThan(10);
    const bad = imports.filter(
      ({ file, path }) =>
        !/^\.\.?\/.*\.js$/.test(path) ||
        !existsSync(join(dirname(file), path.replace(/\.js$/, '.d.ts'))),
    );
    expect(bad).toEqual([]);
  });

  it('are those that the library leads to, and no others', () => {
    const reached = new Set(
      imports.map(({ file, path }) => join(dirname(file), path.replace(/\.js$/, '.d.ts'))),
    );
    reached.add(join(folder, 'library.d.ts'));
    expect(files.filter((file) => !reached.has(file))).toEqual([]);
  });
});
