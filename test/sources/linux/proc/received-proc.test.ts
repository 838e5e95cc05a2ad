import { describe, expect, it } from 'vitest';
import { errnoOf } from '../../../../src/sources/linux/proc/proc.ts';
import {
  parseDescriptors,
  type ReceivedMachine,
  receivedProc,
  requireNetwork,
} from '../../../../src/sources/linux/proc/received-proc.ts';

const nothing: ReceivedMachine = {
  root: 'web1:/proc',
  files: new Map(),
  descriptors: new Map(),
  executables: new Map(),
  replaced: new Set(),
  links: new Map(),
  hasNet: true,
};
const machine = (told: Partial<ReceivedMachine>) => receivedProc({ ...nothing, ...told });

/** The code with which it fails; null: it does not. */
function code(task: () => unknown): string | null {
  try {
    task();
    return null;
  } catch (error) {
    return errnoOf(error);
  }
}

describe('receivedProc', () => {
  it('distinguishes absent, forbidden and empty', () => {
    const proc = machine({
      files: new Map<string, Buffer | 'EACCES' | 'ENOENT'>([
        ['net/tcp', Buffer.alloc(0)],
        ['net/udp', 'EACCES'],
        ['net/raw', 'ENOENT'],
      ]),
    });
    expect(proc.readFile('net/tcp')).toHaveLength(0);
    expect(code(() => proc.readFile('net/udp'))).toBe('EACCES');
    expect(code(() => proc.openTable('net/raw'))).toBe('ENOENT');
    expect(code(() => proc.readFile('net/unix'))).toBe('ENOENT');
  });

  it('gives the bytes of a table as they are asked for', () => {
    const proc = machine({ files: new Map([['net/tcp', Buffer.from('0123456789')]]) });
    const table = proc.openTable('net/tcp');
    const buffer = Buffer.alloc(6, '.');
    expect(table.read(buffer, 2)).toBe(4);
    expect(buffer.toString()).toBe('..0123');
    expect(table.read(buffer, 0)).toBe(6);
    expect(table.read(buffer, 0)).toBe(0);
    expect(proc.readFile('net/tcp', 3).toString()).toBe('012');
  });

  it('has the descriptors of each process', () => {
    const proc = machine({
      descriptors: new Map<number, Buffer | 'EACCES'>([
        [12, Buffer.from('0 0\n3 4711\n')],
        [1, 'EACCES'],
        [7, Buffer.from('4\n')],
      ]),
    });
    expect(proc.processIds()).toEqual([1, 7, 12]);
    expect(proc.descriptors(12)).toEqual(['0', '3']);
    expect(proc.readLink(12, 'fd/3')).toBe('socket:[4711]');
    expect(proc.readLink(12, 'fd/0')).not.toContain('socket');
    expect(code(() => proc.readLink(12, 'fd/4'))).toBe('ENOENT');
    expect(code(() => proc.descriptors(1))).toBe('EACCES');
    expect(code(() => proc.readLink(7, 'fd/4'))).toBe('EACCES');
    expect(code(() => proc.descriptors(99))).toBe('ENOENT');
    expect(proc.openLinks?.(12, 2)?.read('3')).toBe(4711);
  });

  it('hides processes where it shows none with the number 1', () => {
    const shows = (...pids: number[]) =>
      machine({ descriptors: new Map(pids.map((pid) => [pid, Buffer.alloc(0)])) });
    expect(shows(1, 2).hidesProcesses([])).toBe(false);
    expect(shows(2, 3).hidesProcesses([])).toBe(true);
    expect(shows().hidesProcesses([])).toBe(false);
  });

  it.each([
    [1, true],
    [2, false],
  ])('takes the byte order from the header of an executable: %d', (data, little) => {
    const header = Buffer.from([0x7f, 0x45, 0x4c, 0x46, 2, data]);
    const proc = machine({ files: new Map([['self/exe', header]]) });
    expect([proc.littleEndian, proc.orderDoubt]).toEqual([little, null]);
  });

  it('doubts the byte order if nothing shows it', () => {
    const table = '  sl  local_address\n   0: 0A000001:0016 00000000:0000 0A\n';
    const proc = machine({ files: new Map([['net/tcp', Buffer.from(table)]]) });
    expect(proc.orderDoubt).toContain('the byte order of its machine cannot be determined');
  });
});

describe('parseDescriptors', () => {
  it('passes over what closed while it was looked at, and keeps what may not be', () => {
    expect([...parseDescriptors(Buffer.from('1 5\n2\n3 0\n'))]).toEqual([
      ['1', 5],
      ['3', 0],
    ]);
    expect([...parseDescriptors(Buffer.from('1\n2\n'))]).toEqual([
      ['1', null],
      ['2', null],
    ]);
  });

  it('passes over lines in any other form', () => {
    expect(parseDescriptors(Buffer.from('x\n-1 5\n3 4x\n 4 5\n99999999999 1\n')).size).toBe(0);
  });
});

describe('requireTold', () => {
  it('refuses a machine without a /proc in one line', () => {
    expect(() => requireNetwork({ ...nothing, hasNet: false })).toThrow(
      /^web1:\/proc: no \/proc is mounted there, or it shows no network$/,
    );
  });
});
