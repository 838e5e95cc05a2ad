import { fieldRule } from '../fields.ts';
import { quoted } from '../problem.ts';
import type { Asked } from '../rules.ts';
import { absenceOfStates, stateSet } from '../states.ts';
import type { Expression, FieldComparison, Operand } from './ast.ts';
import { statesIn } from './compile.ts';
import { mistake } from './mistake.ts';
import { valuesOf } from './values.ts';

/**
 * Rejects an expression that no socket asked for can match, since they do not have what it compares: the answer would
 * always be empty.
 * @throws NetstatError `usage`, with the position in `source` of the field or value that decides
 */
export function refuseUnmatchable(source: string, expression: Expression, asked: Asked): void {
  function answer(node: Expression): Answer | null {
    switch (node.kind) {
      case 'and':
        return joined(node.operands, false);
      case 'or':
        return joined(node.operands, true);
      case 'not': {
        const inner = answer(node.operand);
        return inner && { ...inner, is: !inner.is };
      }
      case 'states': {
        const reason = absenceOfStates(stateSet(statesIn(source, node)), asked);
        const [clause] = node.clauses;
        return reason === null || clause === undefined
          ? null
          : { is: false, of: clause.name, reason };
      }
      case 'compare': {
        return absenceAnswer(node);
      }
    }
  }

  /** A list matches if any of its values does. */
  function absenceAnswer(node: FieldComparison): Answer | null {
    const rule = fieldRule(node.field);
    if (rule?.absence === undefined) return null;
    let first: Answer | null = null;
    for (const value of valuesOf(node, rule)) {
      const absence = rule.absence(value.text, asked);
      if (absence === null) return null;
      const of = absence.of === 'value' ? value : { text: node.field, at: node.fieldAt };
      first ??= { is: node.comparison === '!=', of, reason: absence.reason };
    }
    return first;
  }

  /** One operand whose answer is `deciding` decides. */
  function joined(operands: readonly Expression[], deciding: boolean): Answer | null {
    const answers = operands.map(answer);
    const decides = answers.find((one) => one?.is === deciding);
    return decides ?? (answers.includes(null) ? null : (answers[0] ?? null));
  }

  const found = answer(expression);
  if (found?.is === false) throw refusal(source, found);
}

/** What an expression is for every socket, and what decides it; null: not the same for all, or not known. */
interface Answer {
  readonly is: boolean;
  /** The field, value or state that decides it. */
  readonly of: Operand;
  readonly reason: string;
}

function refusal(source: string, { of: { text, at }, reason }: Answer) {
  const expected = `what the sockets asked for have, found ${quoted(text)}: ${reason}`;
  return mistake(source, at, expected);
}
