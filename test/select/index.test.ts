import { expect, it, vi } from 'vitest';
import type { FilterOptions } from '../../src/model/request/query.ts';
import { type Lookups, selectionOf } from '../../src/select/index.ts';
import { inet, unit } from '../support/builders.ts';
import { query } from './sockets.ts';

const web = inet('[fe80::1]:80', '[::]', {
  ...{ workload: unit('web.service'), workloads: [unit('web.service')], noWorkload: null },
});
const other = inet('[fe80::2]:81', '[::]', {
  ...{ workload: unit('mail.service'), workloads: [unit('mail.service')], noWorkload: null },
});

async function chosen(filters: Partial<FilterOptions>) {
  const lookups = async () => ({
    serviceNumber: () => undefined,
    userId: () => undefined,
    hostAddresses: async () => new Map(),
  });
  const interfaces = vi.fn(async (): Promise<Lookups['interfaces']> => new Set(['eth0']));
  const asked = query(filters, { which: 'all' });
  const selection = await selectionOf(asked, lookups, interfaces, () => {});
  const found = [web, other].filter((one) => selection.early(one) && selection.late(one));
  return { found, asksInterfaces: interfaces.mock.calls.length > 0 };
}

it.each<[string, Partial<FilterOptions>]>([
  ['a flag', { port: ['80'] }],
  ['a workload alone', { workload: ['web.service'] }],
  ['words alone', { expression: ['sport = 80'] }],
])('filters choose by %s', async (_, filters) => {
  expect(await chosen(filters)).toEqual({ found: [web], asksInterfaces: false });
});

it('interfaces are only looked up for a zone', async () => {
  expect((await chosen({ local: ['fe80::1%eth0'] })).asksInterfaces).toBe(true);
  expect(await chosen({})).toEqual({ found: [web, other], asksInterfaces: false });
});
