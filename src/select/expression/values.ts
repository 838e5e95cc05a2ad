import { isEquality } from '../compare.ts';
import { partsOf } from '../list.ts';
import type { FieldRule } from '../rules.ts';
import type { FieldComparison, Operand } from './ast.ts';

/**
 * The values that a comparison names: after = and != several may be separated by commas. In quotes a text with commas is
 * one.
 */
export function valuesOf(
  { comparison, value }: Pick<FieldComparison, 'comparison' | 'value'>,
  { listed = partsOf }: Pick<FieldRule, 'listed'>,
): readonly Operand[] {
  const { text, at, isQuoted } = value;
  if (!isEquality(comparison) || isQuoted === true || !text.includes(',')) return [value];
  let next = 0;
  return listed(text).map((one) => {
    if (one === text) return value;
    const found = text.indexOf(one, next);
    next = found + one.length + 1;
    return { text: one, at: at + found };
  });
}
