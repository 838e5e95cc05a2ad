import { compareText } from '../../../text/compare-text.ts';
/**
 * netstat's order of interfaces: by name without its trailing number, then by that number, then by the number of an
 * alias (`eth0:1`), and last by spelling. So eth9 comes before eth10.
 */
export interface OrderKey {
  readonly name: string;
  readonly base: string;
  /** -1 if the name ends in no number. */
  readonly unit: number;
  /** -1 if it is no numbered alias. */
  readonly alias: number;
}

/** Splits an interface's name into what it is sorted by. */
export function orderKey(name: string): OrderKey {
  const alias = digitsAt(name);
  const isAlias = alias > 0 && alias < name.length && name[alias - 1] === ':';
  const device = isAlias ? name.slice(0, alias - 1) : name;
  const unit = digitsAt(device);
  return {
    name,
    base: device.slice(0, unit),
    unit: numberOf(device.slice(unit)),
    alias: isAlias ? numberOf(name.slice(alias)) : -1,
  };
}

/** The index of the trailing number of `name`; its length if it has none. */
function digitsAt(name: string): number {
  let at = name.length;
  while (at > 0 && isDigit(name.charCodeAt(at - 1))) at--;
  return at;
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

/** netstat uses 32-bit numbers; names are too short for a number to lose precision. */
function numberOf(digits: string): number {
  return digits === '' ? -1 : Number(digits) | 0;
}

/** A new list in netstat's order; each name is parsed once, not at every comparison. */
export function sortedByName<T>(listed: readonly T[], nameOf: (one: T) => string): T[] {
  const keyed = listed.map((one) => ({ one, key: orderKey(nameOf(one)) }));
  keyed.sort((a, b) => compareKeys(a.key, b.key));
  return keyed.map(({ one }) => one);
}

/** Compares two names in netstat's order. */
export function compareKeys(left: OrderKey, right: OrderKey): number {
  return (
    compareText(left.base, right.base) ||
    left.unit - right.unit ||
    left.alias - right.alias ||
    compareText(left.name, right.name)
  );
}
