import { expect, test } from 'vitest';
import type { ServiceAsked } from '../../../src/model/report/service.ts';
import type { FilterOptions } from '../../../src/model/request/query.ts';
import { asksNoOnePort, serviceAsked } from '../../../src/pipeline/diagnosis/service-asked.ts';
import { filtering } from '../../support/listing.ts';

const numbers: Readonly<Record<string, number>> = { ssh: 22 };

const asked = (filters: Partial<FilterOptions>) =>
  serviceAsked({ ...filtering(filters), protocols: ['tcp', 'udp'] }, async () => ({
    serviceNumber: (name) => numbers[name],
  }));

test.each<[string, Partial<FilterOptions>, ServiceAsked | null]>([
  ['nothing', {}, null],
  ['a port', { port: ['7071'] }, { by: 'port', value: '7071' }],
  ['a port with a colon', { port: [':7071'] }, { by: 'port', value: '7071' }],
  ['a port in hex', { port: ['0x50'] }, { by: 'port', value: '80' }],
  ['a service by its name', { port: ['ssh'] }, { by: 'port', value: '22' }],
  ['a service that nobody knows', { port: ['none'] }, null],
  ['a range', { port: ['8000-8100'] }, null],
  ['several ports', { port: ['80,443'] }, null],
  ['several ports one by one', { port: ['80', '443'] }, null],
  ['any port', { port: ['*'] }, null],
  ['no port', { port: ['0'] }, null],
  ['a program', { program: ['nginx'] }, { by: 'program', value: 'nginx' }],
  [
    'a port comes before a program',
    { port: ['80'], program: ['nginx'] },
    { by: 'port', value: '80' },
  ],
  ['two programs', { program: ['nginx', 'node'] }, null],
  ['an address', { remote: ['192.0.2.1'] }, { by: 'remote', value: '192.0.2.1' }],
  ['two addresses', { remote: ['192.0.2.1,192.0.2.2'] }, null],
  ['other filters', { state: ['listen'], user: ['root'] }, null],
])('%s', async (_, filters, expected) => {
  expect(await asked(filters)).toEqual(expected);
});

test.each<[string, Partial<FilterOptions>, ServiceAsked | null, boolean]>([
  ['several', { port: ['80,443'] }, null, true],
  ['a name of another protocol', { port: ['tftp'] }, null, true],
  ['one', { port: ['80'] }, { by: 'port', value: '80' }, false],
  ['none', { program: ['nginx', 'node'] }, null, false],
])('%s: whether filters select ports, but no single one', (_, filters, about, expected) => {
  expect(asksNoOnePort(filtering(filters).filters, about)).toBe(expected);
});
