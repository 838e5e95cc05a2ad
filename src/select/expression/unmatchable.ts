import type { Protocol } from '../../model/protocol.ts';
import { fieldRule } from '../fields.ts';
import { quoted } from '../problem.ts';
import type { Absence } from '../rules.ts';
import type { Expression, FieldComparison } from './ast.ts';
import { mistake } from './mistake.ts';

/**
 * Rejects an expression that no socket of the tables asked for can match, since they do not have what it compares: the
 * answer would always be empty.
 * @throws NetstatError `usage`, with the position of the first such field or value in `source`
 */
export function refuseUnmatchable(
  source: string,
  expression: Expression,
  asked: readonly Protocol[],
): void {
  let first: { readonly node: FieldComparison; readonly absence: Absence } | null = null;

  /** The answer for every socket; null: it is not the same for all, or not known here. */
  function answer(node: Expression): boolean | null {
    switch (node.kind) {
      case 'and':
        return joined(node.operands, false);
      case 'or':
        return joined(node.operands, true);
      case 'not': {
        const inner = answer(node.operand);
        return inner === null ? null : !inner;
      }
      case 'states':
        return null;
      case 'compare': {
        const absence = fieldRule(node.field)?.absence?.(node.value.text, asked) ?? null;
        if (absence === null) return null;
        first ??= { node, absence };
        return node.comparison === '!=';
      }
    }
  }

  /** One operand whose answer is `deciding` decides. */
  function joined(operands: readonly Expression[], deciding: boolean): boolean | null {
    const answers = operands.map(answer);
    if (answers.includes(deciding)) return deciding;
    return answers.includes(null) ? null : !deciding;
  }

  if (answer(expression) === false && first !== null) throw refusal(source, first);
}

function refusal(
  source: string,
  { node, absence }: { readonly node: FieldComparison; readonly absence: Absence },
) {
  const { text, at } = absence.of === 'value' ? node.value : { text: node.field, at: node.fieldAt };
  const expected = `what the sockets asked for have, found ${quoted(text)}: ${absence.reason}`;
  return mistake(source, at, expected);
}
