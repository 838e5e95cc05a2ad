import { describe, expect, it } from 'vitest';
import { shown } from '../../src/attributes/attribute.ts';
import { pickColumns } from '../../src/attributes/index.ts';
import type { Route } from '../../src/model/machine/route.ts';
import { noNames } from '../../src/model/report/names.ts';
import { someNames, takenAt } from '../views/text/support/render.ts';
import { rows } from '../views/text/support/rows.ts';

const context = { takenAt, previous: null };

function show(key: string, route: Route, names = someNames) {
  const [column] = pickColumns('routes', [key]);
  return column && shown(column, route, { ...context, names });
}

describe('a route for eyes', () => {
  const [standard, host, sourced] = rows.routes as [Route, Route, Route];
  it.each<[string, Route, string]>([
    ['default route', standard, 'default'],
    ['network', { ...standard, destination: '10.0.0.0', prefixLength: 8 }, '10.0.0.0/8'],
    ['host by its name', host, 'web.example'],
    [
      'IPv6 host by its name',
      { ...sourced, destination: '2001:db8::1', prefixLength: 128, source: null },
      'gate.example',
    ],
    [
      'IPv6 network of 32 bits',
      { ...sourced, destination: '2001:db8::1', prefixLength: 32, source: null },
      '2001:db8::1/32',
    ],
    ['host never by a network’s name', { ...host, destination: '169.254.0.0' }, '169.254.0.0/32'],
    ['network by its name', { ...host, destination: '169.254.0.0', prefixLength: 16 }, 'link/16'],
    ['network never by a host’s name', { ...host, prefixLength: 31 }, '192.0.2.7/31'],
    ['from a source', sourced, '2001:db8:1::/48 from 2001:db8:2::/64'],
  ])('%s', (_, route, text) => {
    expect(show('destination', route)).toBe(text);
  });

  it('shows a gateway, or that there is none', () => {
    expect(show('gateway', sourced)).toBe('gate.example');
    expect(show('gateway', sourced, noNames)).toBe('2001:db8::1');
    expect(show('gateway', host)).toBe('-');
  });
});
