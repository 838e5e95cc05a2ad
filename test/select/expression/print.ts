import type { Expression, Operand } from '../../../src/select/expression/ast.ts';

const safe = /^[^\s()&|=!<>"']+$/;
const reserved = /^(?:and|or|not|eq|neq?|[gl]t|[gl]eq?)$/i;

function operandText({ text }: Operand): string {
  if (safe.test(text) && !reserved.test(text)) return text;
  return text.includes('"') ? `'${text}'` : `"${text}"`;
}

function inner(expression: Expression): string {
  const text = printExpression(expression);
  return expression.kind === 'and' || expression.kind === 'or' ? `(${text})` : text;
}

/** The expression in one spelling, every group in parentheses; reading it gives the same expression. */
export function printExpression(expression: Expression): string {
  switch (expression.kind) {
    case 'and':
    case 'or':
      return expression.operands.map(inner).join(` ${expression.kind} `);
    case 'not':
      return `not ${inner(expression.operand)}`;
    case 'states':
      return expression.clauses.map(({ word, name }) => `${word} ${operandText(name)}`).join(' ');
    case 'compare':
      return `${expression.field} ${expression.comparison} ${operandText(expression.value)}`;
  }
}
