import { execFileSync } from 'node:child_process';
import {
  closeSync,
  existsSync,
  fstatSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { beginSaved } from '../../src/saved/write-saved.ts';
import { reasonToSkip } from '../support/requirements.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

let folder = '';
beforeEach(() => {
  folder = realpathSync(temporaryFolder('tsnetstat-saved-'));
});

const at = (name: string) => join(folder, name);

/** Saves a text; why it could not be, or null. */
function save(path: string, text = 'new\n', mode: number | null = null): string | null {
  try {
    const file = beginSaved(path, mode);
    file.write(text);
    file.commit();
    return null;
  } catch (error) {
    expect(error).toMatchObject({ name: 'NetstatError', code: 'unreadable', path });
    return (error as Error).message;
  }
}

/** What is in the folder, so that nothing is left behind unseen. */
const names = () => readdirSync(folder).sort();

/** The descriptors that are open. */
const openFiles = () =>
  Array.from({ length: 256 }, (_, fd) => fd).filter((fd) => {
    try {
      fstatSync(fd);
      return true;
    } catch {
      return false;
    }
  });

describe('a name that Windows keeps for a device', () => {
  afterEach(() => void vi.restoreAllMocks());

  it('is refused there as the executable refuses it, before anything is made', () => {
    vi.spyOn(process, 'platform', 'get').mockReturnValue('win32');
    const path = at('aux.json');
    expect(save(path)).toBe(`--save ${path}: it is not a regular file; - is standard output`);
    expect(names()).toEqual([]);
  });

  it('is a file elsewhere', () => {
    expect(save(at('aux.json'))).toBeNull();
  });
});

describe('a file', () => {
  it('is made, with all its bytes, and nothing beside it', () => {
    const file = beginSaved(at('a.json'), null);
    file.write('one\n');
    file.write(new TextEncoder().encode('zwei ä\n'));
    expect(names()).toEqual([expect.stringMatching(/^\.tsnetstat-[0-9a-f]{18}\.tmp$/)]);
    file.commit();
    file.discard();
    expect(names()).toEqual(['a.json']);
    expect(readFileSync(at('a.json'), 'utf8')).toBe('one\nzwei ä\n');
  });

  it('stays as it was until then, and for good where it is left', () => {
    writeFileSync(at('a.json'), 'old\n');
    const file = beginSaved(at('a.json'), null);
    file.write('new\n');
    expect(readFileSync(at('a.json'), 'utf8')).toBe('old\n');
    file.discard();
    file.discard();
    expect(names()).toEqual(['a.json']);
    expect(readFileSync(at('a.json'), 'utf8')).toBe('old\n');
  });

  it('that cannot be closed says so, and leaves nothing behind', () => {
    writeFileSync(at('a.json'), 'old\n');
    const before = new Set(openFiles());
    const file = beginSaved(at('a.json'), null);
    // Somebody else closes it: as far as the file is concerned, that is a close that fails.
    for (const fd of openFiles()) if (!before.has(fd)) closeSync(fd);
    expect(() => file.commit()).toThrow(/a\.json: /);
    file.discard();
    expect(names()).toEqual(['a.json']);
    expect(readFileSync(at('a.json'), 'utf8')).toBe('old\n');
  });

  it('may be saved by two at once: it is that of the last, whole', () => {
    const [one, other] = [beginSaved(at('a.json'), null), beginSaved(at('a.json'), null)];
    one.write('one ');
    other.write('other ');
    one.write('one\n');
    other.write('other\n');
    other.commit();
    expect(readFileSync(at('a.json'), 'utf8')).toBe('other other\n');
    one.commit();
    expect(readFileSync(at('a.json'), 'utf8')).toBe('one one\n');
    expect(names()).toEqual(['a.json']);
  });
});

describe.skipIf(process.platform === 'win32')('permissions', () => {
  it.each([
    [0o000, null, 0o600],
    [0o077, 0o644, 0o644],
    [0o777, 0o640, 0o640],
  ])('with umask %i and mode %i are %i', (mask, mode, expected) => {
    const before = process.umask(mask);
    try {
      expect(save(at('a.json'), 'x', mode)).toBeNull();
    } finally {
      process.umask(before);
    }
    expect(statSync(at('a.json')).mode & 0o777).toBe(expected);
  });
});

const links = reasonToSkip({ platforms: ['linux', 'darwin'], programs: ['mkfifo'] });

describe.skipIf(links !== null)(`what is in the way (${links ?? 'a Unix'})`, () => {
  it.each(['there.json', 'nowhere.json', 'circle.json'])('a link to %s is replaced', (target) => {
    writeFileSync(at('there.json'), 'theirs\n');
    symlinkSync(at('circle.json'), at('circle.json'));
    if (target !== 'circle.json') symlinkSync(at(target), at('a.json'));
    const path = target === 'circle.json' ? at(target) : at('a.json');
    expect(save(path)).toBeNull();
    expect(lstatSync(path).isSymbolicLink()).toBe(false);
    expect(readFileSync(path, 'utf8')).toBe('new\n');
    expect(readFileSync(at('there.json'), 'utf8')).toBe('theirs\n');
    expect(existsSync(at('nowhere.json'))).toBe(false);
  });

  it.each<[title: string, make: () => string, reason: string]>([
    [
      'a folder',
      () => {
        mkdirSync(at('a'));
        return at('a');
      },
      'it is a folder; give a file in it',
    ],
    [
      'a link to a folder',
      () => {
        mkdirSync(at('b'));
        symlinkSync(at('b'), at('a'));
        return at('a');
      },
      'it is a folder; give a file in it',
    ],
    ['the folder itself', () => `${folder}/`, 'it is a folder; give a file in it'],
    [
      'a pipe',
      () => {
        execFileSync('mkfifo', [at('a')]);
        return at('a');
      },
      'it is not a regular file; - is standard output',
    ],
    ['a device', () => '/dev/null', 'it is not a regular file; - is standard output'],
    [
      'a link to a device',
      () => {
        symlinkSync('/dev/null', at('a'));
        return at('a');
      },
      'it is not a regular file; - is standard output',
    ],
    [
      'a link to a descriptor, such as /dev/stdout, though that may lead to a file',
      () => {
        symlinkSync('/proc/self/fd/1', at('a'));
        return at('a');
      },
      'it is not a regular file; - is standard output',
    ],
    ['no folder', () => at('none/a.json'), 'there is no such folder; create it first'],
    [
      'a file for a folder',
      () => {
        writeFileSync(at('f'), '');
        return at('f/a.json');
      },
      'a part of its path is not a folder',
    ],
    ['a name that is too long', () => at('x'.repeat(300)), 'the name is too long'],
  ])('%s is refused', (_, make, reason) => {
    const path = make();
    const before = names();
    expect(save(path)).toBe(`--save ${path}: ${reason}`);
    expect(names()).toEqual(before);
  });
});

it.skipIf(process.platform !== 'linux')(
  'a folder that takes no files is not called missing',
  () => {
    expect(save('/proc/tsnetstat.json')).toBe(
      '--save /proc/tsnetstat.json: no file can be created in its folder; give another one',
    );
  },
);

const mounting = reasonToSkip({
  platforms: ['linux'],
  root: true,
  programs: ['mount', 'umount'],
  abilities: {
    'mounting a tmpfs': () => {
      const place = temporaryFolder('tsnetstat-mount-');
      try {
        execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', place]);
        execFileSync('umount', [place]);
        return true;
      } catch {
        return false;
      }
    },
  },
});

describe.skipIf(mounting !== null)(`a disk (${mounting ?? 'a small tmpfs'})`, () => {
  it('that is full leaves the file that was there, and nothing else', () => {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', folder]);
    try {
      writeFileSync(at('a.json'), 'old\n');
      const reason = 'the disk is full; nothing was saved';
      expect(save(at('a.json'), 'x'.repeat(100_000))).toBe(`--save ${at('a.json')}: ${reason}`);
      expect(names()).toEqual(['a.json']);
      expect(readFileSync(at('a.json'), 'utf8')).toBe('old\n');
    } finally {
      execFileSync('umount', [folder]);
    }
  });

  it('whose file is mounted by itself, as into a container, cannot be replaced', () => {
    writeFileSync(at('a.json'), 'old\n');
    execFileSync('mount', ['--bind', at('a.json'), at('a.json')]);
    try {
      const reason = 'it is a mount point, which cannot be replaced; mount its folder instead';
      expect(save(at('a.json'))).toBe(`--save ${at('a.json')}: ${reason}`);
      expect(names()).toEqual(['a.json']);
    } finally {
      execFileSync('umount', [at('a.json')]);
    }
    expect(readFileSync(at('a.json'), 'utf8')).toBe('old\n');
  });

  it('that is read-only is reported', () => {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k,ro', 'tmpfs', folder]);
    try {
      expect(save(at('a.json'))).toBe(`--save ${at('a.json')}: its file system is read-only`);
    } finally {
      execFileSync('umount', [folder]);
    }
  });
});
