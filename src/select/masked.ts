import { isProblem, type Problem, quoted } from './problem.ts';
import { type Absence, parseNumber } from './rules.ts';

/** A value and a mask of 32 bits, of which those count: `0x1/0x3`, as ss and iptables write it. */
interface Masked {
  readonly bits: number;
  readonly mask: number;
}

/** `number`: what is expected, in words. */
function parseMasked(text: string, number: string): Masked | Problem {
  const [before = '', after = ''] = text.split(/\/(.*)/s);
  const expected = `${number}, or one with a mask of 32 bits such as 0x1/0x3`;
  const [bits, mask] = [parseNumber(before, expected), parseNumber(after, expected)];
  if (typeof bits === 'object' || typeof mask === 'object' || mask > 0xffffffff) {
    return { expected: `${expected}, found ${quoted(text)}` };
  }
  return { bits, mask };
}

/** Those of a number's bits that count. Bits of a number are signed. */
function counting(number: number, mask: number): number {
  return (number & mask) >>> 0;
}

/** A test whether the bits of the mask are those of the value. */
export function maskedTest(text: string, number: string): ((value: number) => boolean) | Problem {
  const masked = parseMasked(text, number);
  if (isProblem(masked)) return masked;
  const { bits, mask } = masked;
  return (found) => counting(found, mask) === bits;
}

/** Why no number matches: the value has bits that its mask does not have. null: some can. */
export function absenceOfMasked(text: string, number: string): Absence | null {
  const masked = parseMasked(text, number);
  if (isProblem(masked)) return null;
  const { bits, mask } = masked;
  const within = counting(bits, mask);
  if (within === bits) return null;
  const inMask = `${hex(within)}/${hex(mask)}`;
  const either = bits > 0xffffffff ? '' : ` or ${hex(bits)}/${hex((bits | mask) >>> 0)}`;
  const reason = `where only the bits of ${hex(mask)} count, none is ${hex(bits)}: type ${inMask}${either}`;
  return { of: 'value', reason };
}

function hex(number: number): string {
  return `0x${number.toString(16)}`;
}
