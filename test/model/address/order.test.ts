import { describe, expect, it } from 'vitest';
import { addressSortKey } from '../../../src/model/address/order.ts';

describe('addressSortKey', () => {
  it('orders by number, IPv4 first, and what is no address last', () => {
    const sorted = [
      ...['9.0.0.1', '10.0.0.1', '192.0.2.1', '::', '::1', '2::', '10::', 'fe80::1'],
      ...['2001:db8:1234:5678:9…', 'somewhere'],
    ];
    const key = (address: string) => addressSortKey(address);
    const shuffled = [...sorted].reverse();
    expect(shuffled.sort((a, b) => (key(a) < key(b) ? -1 : 1))).toEqual(sorted);
  });
});
