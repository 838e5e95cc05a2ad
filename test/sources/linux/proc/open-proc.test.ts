import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { openProc } from '../../../../src/sources/linux/proc/open-proc.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

let folder: string;
beforeEach(() => {
  folder = temporaryFolder('proc-root-');
});

describe('openProc', () => {
  it('reads a folder that is neither mounted nor a capture as it is', () => {
    const proc = openProc(folder);
    expect([proc.root, proc.isOwn, proc.isKernels('net/tcp')]).toEqual([folder, false, false]);
    expect(proc.hasNet()).toBe(false);
    mkdirSync(join(folder, 'net'));
    expect(proc.hasNet()).toBe(true);
    // What is a process with no descriptors on Linux is only a folder's size here.
    mkdirSync(join(folder, '7/fd'), { recursive: true });
    expect([proc.processIds(), proc.descriptorCount(7)]).toEqual([[7], null]);
    expect([proc.hidesProcesses([]), proc.hidesProcesses([7])]).toEqual([true, false]);
  });

  it('takes no other folder for a process, whatever it begins with', () => {
    for (const name of ['7', '10', '10.bak', '0x10', '1e3', '07', '9 ', 'self', 'net']) {
      mkdirSync(join(folder, name));
    }
    expect(openProc(folder).processIds()).toEqual([7, 10]);
  });

  it('takes a link’s text from a file where the copy could hold no links', () => {
    mkdirSync(join(folder, '7/fd'), { recursive: true });
    writeFileSync(join(folder, '7/fd/3'), 'socket:[11]\n');
    writeFileSync(join(folder, '7/exe'), 'x'.repeat(5000));
    symlinkSync('socket:[12]', join(folder, '7/fd/4'));
    const proc = openProc(folder);
    expect(['fd/3', 'fd/4'].map((name) => proc.readLink(7, name))).toEqual([
      'socket:[11]',
      'socket:[12]',
    ]);
    expect(proc.readLink(7, 'exe')).toHaveLength(4096);
    expect(() => proc.readLink(7, 'fd/5')).toThrow(/ENOENT/);
  });

  it('leaves it to the reader of the tables to report that there is nothing', () => {
    expect(openProc(join(folder, 'none')).hasNet()).toBe(false);
  });

  it('refuses a file', () => {
    writeFileSync(join(folder, 'file'), '');
    expect(() => openProc(join(folder, 'file'))).toThrow(/file: a file, not a folder; --proc-root/);
  });

  it('reports in one line why the processes cannot be listed', () => {
    const proc = openProc(join(folder, 'none'));
    expect(() => proc.processIds()).toThrow(/none: cannot be read \(ENOENT\)$/);
  });

  describe.skipIf(process.platform !== 'linux')('on Linux', () => {
    it.each(['/proc', '/proc/', '/proc/.', '//proc', '/proc/self/root/proc', 'a link'])(
      '%s is the own /proc, and its shortcuts are taken there alone',
      (spelling) => {
        const link = join(folder, 'proc');
        symlinkSync('/proc', link);
        const proc = openProc(spelling === 'a link' ? link : spelling);
        expect([proc.isOwn, proc.warnings]).toEqual([true, []]);
        expect(proc.isKernels('net/tcp')).toBe(openProc(null).isKernels('net/tcp'));
      },
    );

    it('reads a process’s folder as the network of that process', () => {
      const proc = openProc(`/proc/${process.pid}`);
      expect([proc.isOwn, proc.hasNet()]).toEqual([false, true]);
      expect(proc.readFile('net/dev').toString()).toMatch(/^Inter-/);
    });

    it('refuses a device', () => {
      expect(() => openProc('/dev/null')).toThrow(/null: a device, not a folder/);
    });
  });
});
