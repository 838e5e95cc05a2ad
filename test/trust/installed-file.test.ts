import {
  chmodSync,
  chownSync,
  mkdirSync,
  realpathSync,
  renameSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { installedFile, isOursAlone } from '../../src/trust/installed-file.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const name = '@native/part-linux/linux/part.node';

let root: string;
const at = (path: string) => join(root, path);
const make = (path: string) => {
  mkdirSync(dirname(at(path)), { recursive: true });
  writeFileSync(at(path), '');
};
beforeEach(() => {
  root = realpathSync(temporaryFolder('tsnetstat-installed-'));
});

/** What is found for a program there. */
function found(program: string): string | null {
  const file = installedFile(realpathSync(at(program)), name);
  return file === null ? null : file.slice(root.length + 1);
}

describe('an installed file', () => {
  it.each([
    ['nested', 'app/node_modules/tool/dist/tool.js', 'app/node_modules/tool/node_modules'],
    ['hoisted', 'app/node_modules/tool/dist/tool.js', 'app/node_modules'],
    ['of a workspace', 'all/packages/app/node_modules/tool/dist/tool.js', 'all/node_modules'],
    ['of a clone, or a bundle', 'clone/dist/tool.js', 'clone/node_modules'],
    ['global', 'lib/node_modules/tool/dist/parts/part.cjs', 'lib/node_modules'],
  ])('is found: %s', (_, program, modules) => {
    make(program);
    make(`${modules}/${name}`);
    expect(found(program)).toBe(`${modules}/${name}`);
  });

  it('is found by links: the layout of pnpm', () => {
    const store = 'app/node_modules/.pnpm';
    make(`${store}/tool@1/node_modules/tool/dist/tool.js`);
    make(`${store}/@native+part-linux@3/node_modules/${name}`);
    mkdirSync(at(`${store}/tool@1/node_modules/@native`));
    const link = (target: string, path: string) => symlinkSync(at(target), at(path));
    link(
      `${store}/@native+part-linux@3/node_modules/@native/part-linux`,
      `${store}/tool@1/node_modules/@native/part-linux`,
    );
    link(`${store}/tool@1/node_modules/tool`, 'app/node_modules/tool');
    expect(found('app/node_modules/tool/dist/tool.js')).toBe(
      `${store}/@native+part-linux@3/node_modules/${name}`,
    );
  });

  it('is the nearest', () => {
    make('app/node_modules/tool/dist/tool.js');
    make(`app/node_modules/${name}`);
    make(`app/node_modules/tool/node_modules/${name}`);
    expect(found('app/node_modules/tool/dist/tool.js')).toMatch(/tool\/node_modules/);
  });

  it('is not there', () => {
    make('app/dist/tool.js');
    make(`elsewhere/node_modules/${name}`);
    mkdirSync(at(`app/node_modules/${name}`), { recursive: true });
    expect(found('app/dist/tool.js')).toBeNull();
  });

  it('is no link to a file with another name', () => {
    make('app/dist/tool.js');
    make('app/script.js');
    mkdirSync(dirname(at(`app/node_modules/${name}`)), { recursive: true });
    symlinkSync(at('app/script.js'), at(`app/node_modules/${name}`));
    expect(found('app/dist/tool.js')).toBeNull();
  });
});

const user = 54_321;

describe.runIf(process.getuid?.() === 0)('an installed file that others can change', () => {
  const [program, modules] = ['all/app/dist/tool.js', 'all/node_modules'] as const;
  const file = `${modules}/${name}`;
  beforeEach(() => {
    make(program);
    make(file);
    chmodSync(root, 0o755);
  });

  it('is the one of root', () => {
    expect(found(program)).toBe(file);
  });

  it.each([
    ["a user's file", () => chownSync(at(file), user, user)],
    ["in a user's folder", () => chownSync(at(modules), user, user)],
    ['a file that everybody can write', () => chmodSync(at(file), 0o666)],
    ['that file with the sticky bit, which is for folders', () => chmodSync(at(file), 0o1666)],
    ['in a folder that everybody can write', () => chmodSync(at(modules), 0o777)],
    [
      'a file that a group can write',
      () => {
        chownSync(at(file), 0, user);
        chmodSync(at(file), 0o664);
      },
    ],
    [
      "by a link into a user's folder",
      () => {
        renameSync(at(modules), at('users'));
        chownSync(at('users'), user, user);
        symlinkSync(at('users'), at(modules));
      },
    ],
  ])('is skipped: %s', (_, change) => {
    change();
    expect(found(program)).toBeNull();
  });

  it('is skipped for the next above', () => {
    make(`all/app/node_modules/${name}`);
    chownSync(at(`all/app/node_modules/${name}`), user, user);
    expect(found(program)).toBe(file);
  });

  it.each([
    [
      'the owner of the program, or of a folder above it',
      () => {
        chownSync(at('all'), user, user);
        chownSync(at(file), user, user);
      },
    ],
    [
      'a group that can write the program',
      () => {
        for (const path of [program, file]) {
          chownSync(at(path), 0, user);
          chmodSync(at(path), 0o664);
        }
      },
    ],
    [
      'everybody, who can write the program',
      () => [program, file].map((one) => chmodSync(at(one), 0o777)),
    ],
    ["root's own group", () => chmodSync(at(file), 0o664)],
  ])('is taken if that is no more than %s', (_, change) => {
    change();
    expect(found(program)).toBe(file);
  });

  it('is of us and root alone, whatever the program is like', () => {
    expect(isOursAlone(at(file))).toBe(true);
    chownSync(at('all'), user, user);
    expect(isOursAlone(at(file))).toBe(false);
  });

  it('is taken from a folder where only owners rename', () => {
    chmodSync(root, 0o1777);
    expect(found(program)).toBe(file);
  });
});
