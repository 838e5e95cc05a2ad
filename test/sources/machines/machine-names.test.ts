import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { expandedMachines } from '../../../src/sources/machines/machine-names.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const folder = temporaryFolder('tsnetstat-names-');

function file(text: string): string {
  const path = join(folder, `${Math.random()}`);
  writeFileSync(path, text);
  return path;
}

describe('the machines that --on names', () => {
  it.each([
    [
      ['web1', 'web2'],
      ['web1', 'web2'],
    ],
    [
      ['web1', 'root@web1', 'web1'],
      ['web1', 'root@web1'],
    ],
    [
      ['ssh://root@[2001:db8::1]:2222', 'fe80::1%eth0'],
      ['ssh://root@[2001:db8::1]:2222', 'fe80::1%eth0'],
    ],
    [['localhost'], ['localhost']],
  ])('%j are %j', (words, names) => {
    expect(expandedMachines(words)).toEqual(names);
  });

  it('a file has one a line, comments and blank lines aside, each machine once', () => {
    const path = file('# servers\nweb1\r\n\n  web2  # the old one\nweb1\n\t\ndb');
    expect(expandedMachines(['first', `@${path}`, 'web2'])).toEqual([
      'first',
      'web1',
      'web2',
      'db',
    ]);
  });

  it('a file may be as Windows PowerShell writes it', () => {
    const path = file('');
    writeFileSync(path, Buffer.from('\ufeffweb1\r\ndb\r\n', 'utf16le'));
    expect(expandedMachines([`@${path}`])).toEqual(['web1', 'db']);
  });

  it.each([
    ['-oProxyCommand=touch /tmp/x', /^--on: -oProxyCommand=touch \/tmp\/x: it begins with -/],
    ['web1;reboot', /^--on: web1;reboot: expected HOST/],
    ['web1:22', /ssh:\/\/web1:22/],
    [' web2', /^--on: {2}web2: machines are separated by commas, without blanks$/],
    ['web1 web2', /^--on: web1 web2: machines are separated by commas/],
    ['web1 ;reboot', /^--on: web1 ;reboot: expected HOST/],
    ['@', /^--on @: expected a file/],
    ['x'.repeat(100_000), /^--on: x{300}…: it is too long$/],
  ])('%s is refused', (word, message) => {
    expect(() => expandedMachines([word])).toThrow(message);
  });

  it.each([
    ['web1\n-F/etc/passwd\n', /:2: -F\/etc\/passwd: it begins with -/],
    ['web1 web2\n', /:1: web1 web2: give one machine per line/],
    ['web1,web2\n', /:1: web1,web2: give one machine per line/],
    ['[web]\nweb1\n', /:1: \[web\]: the title of a group, as in an Ansible inventory/],
    ['[web:children]\n', /:1: \[web:children\]: the title of a group/],
    ['[2001:db8::1]\n', /:1: \[2001:db8::1\]: .* without brackets/],
    ['web1 ansible_host=192.0.2.1\n', /:1: web1 ansible_host=192.0.2.1: expected HOST/],
    ['ok\n\n@other\n', /:3: @other: expected HOST/],
    ['# nothing\n\n', /: it names no machine/],
    [`${'a'.repeat(300 * 1024)}\n`, /: it is too large: more than 256 KiB/],
  ])('a file %j is refused with its place', (text, message) => {
    const path = file(text);
    expect(() => expandedMachines([`@${path}`])).toThrow(message);
    expect(() => expandedMachines([`@${path}`])).toThrow(path);
  });

  it('a missing file, a folder and a device are each reported', () => {
    const made = join(folder, 'made');
    mkdirSync(made);
    expect(() => expandedMachines([`@${folder}/none`])).toThrow('there is no such file');
    expect(() => expandedMachines([`@${made}`])).toThrow('it is a folder');
    if (process.platform !== 'win32') {
      expect(() => expandedMachines(['@/dev/zero'])).toThrow('it is a device');
    }
  });

  it('there are no more than 4096', () => {
    const names = Array.from({ length: 4097 }, (_, at) => `m${at}`);
    expect(() => expandedMachines([`@${file(names.join('\n'))}`])).toThrow(
      'more than 4096 machines',
    );
  });
});
