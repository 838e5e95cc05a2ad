import { readAddress, type Words } from './read.ts';

const row: Words = { a: 0, b: 0, c: 0, d: 0 };

/**
 * Text that sorts as the addresses do by number, IPv4 first. What is not an address (one that the platform
 * shortened) comes after all of them, by its text.
 */
export function addressSortKey(address: string): string {
  switch (readAddress(address, row)) {
    case 0:
      return `7${address} `;
    case 4:
      return `4${hex8(row.d)}`;
    case 6:
      return `6${hex8(row.a)}${hex8(row.b)}${hex8(row.c)}${hex8(row.d)}`;
  }
}

function hex8(value: number): string {
  return value.toString(16).padStart(8, '0');
}
