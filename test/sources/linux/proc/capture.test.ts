import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { openCapture } from '../../../../src/sources/linux/proc/capture.ts';
import { openProc } from '../../../../src/sources/linux/proc/open-proc.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

let root: string;
beforeEach(() => {
  root = temporaryFolder('capture-');
});

const facts = { version: 1, byteOrder: 'big', kernel: '6.1.0' };

function put(files: Readonly<Record<string, unknown>>): void {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    const text = typeof content === 'string' ? content : JSON.stringify(content);
    writeFileSync(join(root, path), text);
  }
}

function code(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? 'no code';
  }
  return 'nothing thrown';
}

describe('openCapture', () => {
  it('reads what was captured', () => {
    put({
      'capture.json': facts,
      'net/tcp': 'header\n',
      '12/cmdline': 'a\0',
      '12/links.json': { exe: '/bin/a', fd: { 0: '/dev/null', 3: 'socket:[7]' } },
      '7/links.json': { exe: null, fd: null },
      'self/links.json': { exe: null, fd: {}, ns: { pid: 'pid:[1]' } },
    });
    const proc = openCapture(root);
    expect(proc?.littleEndian).toBe(false);
    expect(proc?.processIds()).toEqual([7, 12]);
    expect([proc?.hidesProcesses([]), proc?.hidesProcesses([7])]).toEqual([true, false]);
    expect(proc?.descriptors(12)).toEqual(['0', '3']);
    expect(proc?.readLink(12, 'fd/3')).toBe('socket:[7]');
    expect(proc?.readLink(12, 'exe')).toBe('/bin/a');
    expect(proc?.readLink('self', 'ns/pid')).toBe('pid:[1]');
    expect(proc?.readFile('12/cmdline').toString()).toBe('a\0');
    const table = proc?.openTable('net/tcp');
    const buffer = Buffer.alloc(4);
    expect(table?.read(buffer, 1)).toBe(3);
    expect(buffer.toString()).toBe('\0hea');
    table?.close();
  });

  it('answers as a real /proc does where something is missing or forbidden', () => {
    put({
      'capture.json': facts,
      '7/links.json': { exe: null, fd: null },
      '8/links.json': { exe: '/a', fd: {} },
    });
    const proc = openCapture(root);
    expect(code(() => proc?.openTable('net/tcp6'))).toBe('ENOENT');
    expect(code(() => proc?.readFile('7/cmdline'))).toBe('ENOENT');
    expect(code(() => proc?.descriptors(7))).toBe('EACCES');
    expect(code(() => proc?.descriptors(99))).toBe('ENOENT');
    expect(code(() => proc?.readLink(7, 'exe'))).toBe('EACCES');
    expect(code(() => proc?.readLink(8, 'fd/3'))).toBe('ENOENT');
    expect(code(() => proc?.readLink(8, 'ns/pid'))).toBe('ENOENT');
  });

  it('is none where there is no capture.json', () => {
    expect(openCapture(root)).toBeNull();
    expect(openProc(root).root).toBe(root);
  });

  it.each([
    ['no JSON', 'oops', /not a capture: it is not JSON/],
    ['another version', { ...facts, version: 2 }, /version 2 with byte order big/],
    ['no byte order', { version: 1 }, /byte order undefined/],
    ['an odd byte order', { ...facts, byteOrder: 'middle' }, /byte order middle/],
    ['no object', 'null', /capture\.json: not a capture: expected an object, found null/],
    ['a list', [1], /expected an object, found \[1\]/],
    ['a kernel that is no text', { ...facts, kernel: 6 }, /kernel: expected a string, found 6/],
  ])('refuses %s', (_, content, message) => {
    put({ 'capture.json': content });
    expect(() => openCapture(root)).toThrow(message);
  });

  it('refuses a capture.json that is no plain file, and does not take the folder for none', () => {
    mkdirSync(join(root, 'capture.json'));
    expect(() => openCapture(root)).toThrow(/capture\.json: a folder; of a captured/);
  });

  it.each([
    ['no JSON', '{', /7\/links\.json: not links of a capture: it is not JSON/],
    ['no object', '[]', /expected an object, found \[\]/],
    ['an executable that is no text', { exe: 7, fd: {} }, /exe: expected a path or null, found 7/],
    ['no executable', { fd: {} }, /exe: expected a path or null, found undefined/],
    ['descriptors that are a text', { exe: null, fd: 'x' }, /fd: expected descriptors/],
    ['a descriptor that leads nowhere', { exe: null, fd: { 3: null } }, /fd: expected descriptors/],
    ['a descriptor that is no number', { exe: null, fd: { a: '/' } }, /fd: a is not a descriptor/],
    ['namespaces that are none', { exe: null, fd: {}, ns: [] }, /ns: expected namespaces/],
  ])('refuses links.json: %s', (_, content, message) => {
    put({ 'capture.json': facts, '7/links.json': content });
    const proc = openCapture(root);
    expect(() => proc?.processIds()).toThrow(message);
    expect(code(() => proc?.processIds())).toBe('unrecognized');
  });

  it('has no links of the names that every object has', () => {
    put({ 'capture.json': facts, '7/links.json': { exe: null, fd: {}, ns: {} } });
    expect(code(() => openCapture(root)?.readLink(7, 'ns/constructor'))).toBe('ENOENT');
  });
});

describe('the byte order of a capture', () => {
  const route = (mask: string) =>
    `Iface\tDestination\tGateway\nenc\t0A000000\t00000000\t0001\t0\t0\t0\t${mask}\t0\t0\t0\n`;
  const little = { ...facts, byteOrder: 'little' };

  it.each([
    ['what its tables show', { 'net/route': route('FFFFFF00') }, false],
    ['capture.json where they show nothing', { 'capture.json': facts }, false],
    ['the same, little', { 'capture.json': little, 'net/route': route('00000000') }, true],
  ])('is %s', (_, files, littleEndian) => {
    put(files);
    expect(openProc(root)).toMatchObject({ littleEndian, orderDoubt: null });
  });

  it('is what its tables show if capture.json says otherwise, with a warning', () => {
    put({ 'capture.json': little, 'net/route': route('FFFFFF00') });
    expect(openProc(root)).toMatchObject({
      littleEndian: false,
      orderDoubt: expect.stringMatching(/says little-endian, but its tables are big-endian/),
    });
  });

  it('is a guess, with a warning, if nothing shows it and it matters', () => {
    put({ 'net/route': route('00000000') });
    expect(openProc(root).orderDoubt).toMatch(/the byte order of its machine cannot be determined/);
    put({ 'net/route': '' });
    expect(openProc(root).orderDoubt).toBeNull();
  });
});
