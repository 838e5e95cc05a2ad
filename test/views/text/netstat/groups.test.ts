import { expect, it } from 'vitest';
import { group } from '../../../support/builders.ts';
import { marks, shown } from './reports.ts';

const rows = [
  group('lo', '224.0.0.1', 1),
  group('abcdefghijklmno', '239.255.255.250', 123456789),
  group('ünï', 'ff3e:fedc:ba98:7654:3210:fedc:ba98:7654', 12),
  group('x', 'ff02::1', 4294967295),
];
const title = `IPv6/IPv4 Group Memberships
Interface       RefCnt Group
--------------- ------ ---------------------
`;

it('lists memberships', async () => {
  expect(await shown('groups', rows)).toBe(`${title}lo              1      224.0.0.1
abcdefghijklmno 123456789 239.255.255.250
ünï           12     ff3e:fedc:ba98:7654:3210:fedc:ba98:7654
x               -1     ff02::1
`);
});

it('shows its title where there is nothing to list', async () => {
  expect(await shown('groups', [])).toBe(title);
});

it('names groups in full', async () => {
  const names = {
    host: (address: string) =>
      address === '224.0.0.1' ? 'all.of\u001bthem.example.org' : undefined,
    network: () => undefined,
    service: () => undefined,
    user: () => undefined,
  };
  const asked = { numeric: { hosts: false, ports: true, users: true } };
  const text = await shown('groups', rows, { asked, names });
  expect(text).toContain('lo              1      all.of\\x1bthem.example.org\n');
  expect(text).toContain(' 239.255.255.250\n');
  expect(await shown('groups', rows, { names })).toContain(' 224.0.0.1\n');
});

it('leaves its title out with -H, and paints it where there is colour', async () => {
  expect(await shown('groups', rows, { asked: { header: false } })).toMatch(/^lo /);
  expect(await shown('groups', [], { paint: marks })).toMatch(/^<h>IPv6.*<\/h>\n<h>Interface/);
});
