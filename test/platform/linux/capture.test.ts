import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openCapture } from '../../../src/platform/linux/capture.js';
import { openProc } from '../../../src/platform/linux/open-proc.js';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'capture-'));
});
afterEach(() => rmSync(root, { recursive: true }));

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
  ])('refuses %s', (_, content, message) => {
    put({ 'capture.json': content });
    expect(() => openCapture(root)).toThrow(message);
  });
});
