import { chmodSync, chownSync, lchownSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { isOfRootAlone, openToOthers } from '../../src/trust/root-alone.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const nobody = 65_534;

describe.runIf(process.getuid?.() === 0)('root alone controls', () => {
  const root = temporaryFolder('tsnetstat-root-');
  const at = (name: string) => join(root, name);
  const makeFile = (name: string, mode = 0o755) => {
    mkdirSync(dirname(at(name)), { recursive: true });
    writeFileSync(at(name), '');
    chmodSync(at(name), mode);
  };
  beforeAll(() => {
    makeFile('bin/own');
    makeFile('bin/anybodys', 0o777);
    makeFile('bin/groups', 0o775);
    makeFile('bin/users');
    chownSync(at('bin/users'), nobody, 0);
    for (const name of ['open', 'temporary', 'home']) makeFile(`${name}/bin/own`);
    chmodSync(at('open'), 0o777);
    chmodSync(at('temporary'), 0o1777);
    makeFile('temporary/own');
    chownSync(at('home'), nobody, nobody);
    symlinkSync(at('bin'), at('home/link'));
    symlinkSync(at('bin/own'), at('bin/link'));
    symlinkSync(at('home/bin/own'), at('bin/out'));
    symlinkSync(at('bin'), at('temporary/roots'));
    symlinkSync(at('bin'), at('temporary/users'));
    lchownSync(at('temporary/users'), nobody, nobody);
    symlinkSync('../temporary/users/own', at('bin/chain'));
    symlinkSync('../temporary/roots/./link', at('bin/roots-chain'));
    symlinkSync('loop', at('bin/loop'));
  });

  it.each([
    ['its own file', 'bin/own', true],
    ['a link of its own', 'bin/link', true],
    ['a file below a folder where only owners rename, as /tmp', 'temporary/bin/own', true],
    ['no file that everybody can write', 'bin/anybodys', false],
    ['no file that a group can write', 'bin/groups', false],
    ["no user's file", 'bin/users', false],
    ["no folder in a user's", 'home/bin/own', false],
    ['no folder that others can rename', 'open/bin/own', false],
    ["no user's link", 'home/link/own', false],
    ["no link into a user's folder", 'bin/out', false],
    ['below a link of its own where only owners rename', 'temporary/roots/own', true],
    ["no user's link where only owners rename", 'temporary/users', false],
    ["nothing below a user's link", 'temporary/users/own', false],
    ["no link of its own to a user's link to its own file", 'bin/chain', false],
    ['several links of its own', 'bin/roots-chain', true],
    ['no link that leads nowhere', 'bin/loop', false],
    ['nothing that is not there', 'bin/missing', false],
  ])('%s', (_, name, expected) => {
    expect(isOfRootAlone(at(name))).toBe(expected);
  });

  it('no program where everybody can make one', () => {
    expect(isOfRootAlone(at('temporary/own'))).toBe(true);
    expect(openToOthers(at('temporary/own'))).toBe(at('temporary'));
    expect(openToOthers(at('bin/own'))).toBeNull();
  });
});
