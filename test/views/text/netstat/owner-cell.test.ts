import { describe, expect, it } from 'vitest';
import { ownerCell } from '../../../../src/views/text/netstat/owner-cell.ts';
import { owner } from '../../../support/builders.ts';

describe('ownerCell', () => {
  it.each([
    ['short', owner(12, 'sshd'), '12/sshd             '],
    ['just as wide as it may be', owner(1, '12345678901234567'), '1/12345678901234567 '],
    ['cut to 19', owner(1234, 'systemd-resolved'), '1234/systemd-resolv '],
    ['no name', owner(7, ''), '7/                  '],
    ['a name that could not be read', owner(7, null), '7/-                 '],
    ['blanks', owner(900, 'nginx: worker process'), '900/nginx: worker p '],
    ['UTF-8 counts bytes', owner(23, 'café日本'), '23/café日本      '],
    ['no character is cut in two', owner(36, '日本日本日本日本'), '36/日本日本日  '],
    ['made safe before it is cut', owner(5, 'a\u001b[2Jb\nc'), '5/a\\x1b[2Jb\\x0ac    '],
  ])('%s', (_, one, text) => {
    expect(ownerCell(false, null)([one])).toBe(text);
  });

  it('is whole where wide', () => {
    const program = 'a-program-with-a-name-of-sixty-characters';
    expect(ownerCell(true, null)([owner(1, program)])).toBe(`1/${program}`);
    expect(ownerCell(true, null)([owner(1, 'sh')])).toBe('1/sh                ');
  });

  it('shows the first of several', () => {
    expect(ownerCell(false, null)([owner(5, 'a'), owner(6, 'b')])).toBe('5/a                 ');
  });

  it.each([[null], [[]]])('is a dash where there is none', (owners) => {
    expect(ownerCell(false, null)(owners)).toBe('-                   ');
  });
});
