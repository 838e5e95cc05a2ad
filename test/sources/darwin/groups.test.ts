import { expect, it } from 'vitest';
import { parseGroups } from '../../../src/sources/darwin/groups.ts';

const header = 'Group               \tLink-layer Address\tNetif';
const parse = (title: string, ...rows: string[]) =>
  parseGroups(`${title} Multicast Group Memberships\n${header}\n${rows.join('\n')}\n`, 'netstat');

it.each([
  ['IPv4', '224.0.0.251         \t1:0:5e:0:0:fb   \ten0', 'inet', '224.0.0.251'],
  ['IPv6', 'ff02:4::fb          \t<none>          \ten0', 'inet6', 'ff02::fb'],
  ['IPv6', 'ff02::2:ff33:9cc0%en0\t<none>          \ten0', 'inet6', 'ff02::2:ff33:9cc0'],
  ['IPv6', 'ff01:4::1           \t<none>          \ten0', 'inet6', 'ff01::1'],
  ['IPv6', 'ff05::1:3           \t<none>          \ten0', 'inet6', 'ff05::1:3'],
])('%s %s', (title, row, family, group) => {
  expect(parse(title, row)).toEqual({
    rows: [{ family, interface: 'en0', group, refCount: null }],
    warnings: [],
  });
});

it.each([
  ['a family that is another', 'IPv4', 'ff02::fb\t<none>\ten0'],
  ['no interface', 'IPv4', '224.0.0.1\t<none>'],
  ['a name', 'IPv6', 'all-nodes\t<none>\ten0'],
])('%s is left out with a warning', (_, title, row) => {
  const { rows, warnings } = parse(title, row);
  expect(rows).toEqual([]);
  expect(warnings.map(({ code }) => code)).toEqual(['malformed']);
});

it('passes over what the link layer joined', () => {
  expect(parse('Link-layer', '1:0:5e:0:0:fb\t<none>\ten0')).toEqual({ rows: [], warnings: [] });
});

it('shows a header that it does not know', () => {
  expect(() => parseGroups('IPv4 Multicast Group Memberships\nGroup\tRefs\n', 'netstat')).toThrow(
    /Refs/,
  );
});
