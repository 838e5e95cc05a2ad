import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { describe, expect, it } from 'vitest';
import { root } from './support/built-bin.ts';

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

  // Which waits for nothing at its top level.
  it.skipIf(!('require_module' in process.features))('is required by CommonJS', () => {
    const script = `const { NetstatError, snapshot } = require(process.argv[1]);
      console.log(NetstatError.name, typeof snapshot);`;
    const { stdout } = spawnSync(
      process.execPath,
      ['--input-type=commonjs', '-e', script, join(root, 'dist/library.js')],
      { encoding: 'utf8' },
    );
    expect(stdout).toBe('NetstatError function\n');
  });
});

describe('the types of the package', () => {
  it('are one file, which leads to no other', () => {
    const text = readFileSync(join(root, 'dist/library.d.ts'), 'utf8');
    expect(text).toContain('export declare function snapshot(');
    expect(text).not.toMatch(/\b(?:from|import)\s*\(?\s*['"]/);
    const others = readdirSync(join(root, 'dist'), { recursive: true, encoding: 'utf8' });
    expect(others.filter((name) => name.endsWith('.d.ts'))).toEqual(['library.d.ts']);
  });
});

describe('what is published', () => {
  const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const packed = spawnSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
    cwd: root,
    encoding: 'utf8',
    shell: process.platform === 'win32',
  });
  const [{ files }] = JSON.parse(packed.stdout) as [{ files: { path: string }[] }];
  const paths = files.map(({ path }) => path);

  it('has all that its pages lead to', () => {
    const pages = paths.filter((path) => path.endsWith('.md'));
    expect(pages).toContain('README.md');
    for (const page of pages) {
      const text = readFileSync(join(root, page), 'utf8').replace(/```[\s\S]*?```/g, '');
      for (const [, link = ''] of text.matchAll(/\]\(([^)\s#]+)(?:#[^)]*)?\)/g)) {
        if (/^[a-z]+:/.test(link)) continue;
        const target = posix.join(posix.dirname(page), link);
        expect(
          paths.some((path) => path === target || path.startsWith(`${target}/`)),
          `${page}: ${link}`,
        ).toBe(true);
      }
    }
  });

  it('has the man page, by a list: npm installs none that is a plain text', () => {
    expect(manifest.man).toEqual(['./man/tsnetstat.1']);
    expect(paths).toContain('man/tsnetstat.1');
  });

  it('runs no script where it is installed, nor does what it depends on', () => {
    // npm names `prepare` too, as a script to approve, where a tarball or a clone is installed.
    const hooks = ['preinstall', 'install', 'postinstall', 'prepare'];
    const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'));
    expect(Object.keys(manifest.scripts).filter((name) => hooks.includes(name))).toEqual([]);
    for (const name of Object.keys(manifest.optionalDependencies)) {
      expect(lock.packages[`node_modules/${name}`], name).not.toHaveProperty('hasInstallScript');
    }
    expect(manifest).not.toHaveProperty('dependencies');
  });

  it('has neither a code cache nor what only development needs', () => {
    const wrong =
      /code-cache|fingerprint|^src\/|^test\/|^scripts\/|\.map$|^docs\/(measurements|releasing)/;
    expect(paths.filter((path) => wrong.test(path))).toEqual([]);
  });
});
