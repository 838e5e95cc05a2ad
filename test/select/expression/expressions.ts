import fc from 'fast-check';
import type { Expression } from '../../../src/select/expression/ast.ts';

const equal = fc.constantFrom('=' as const, '!=' as const);
const any = fc.constantFrom(
  '=' as const,
  '!=' as const,
  '<' as const,
  '>' as const,
  '<=' as const,
  '>=' as const,
);
const port = fc.constantFrom('0', '22', ':80', '443', ':https', '1024', '40000');
const host = fc.constantFrom(
  '10.0.0.0/8',
  '127.0.0.1',
  '127.0.0.1:22',
  '[::1]',
  '[2001:db8::]/32',
  '[::]:443',
  '*:80',
  '*',
  '0.0.0.0',
  '/run/*',
);
const number = fc.constantFrom('0', '1', '17', '123', '1000');

const comparison: fc.Arbitrary<Expression> = fc
  .oneof(
    fc.tuple(fc.constantFrom('sport' as const, 'dport' as const), any, port),
    fc.tuple(fc.constant('src' as const), equal, host),
    fc.tuple(
      fc.constant('dst' as const),
      equal,
      host.filter((text) => !text.startsWith('/')),
    ),
    fc.tuple(
      fc.constantFrom('pid' as const, 'recvq' as const, 'sendq' as const, 'inode' as const),
      any,
      number,
    ),
    fc.tuple(
      fc.constant('program' as const),
      equal,
      fc.constantFrom('nginx', 'ng*', 'and', 'a b', '*'),
    ),
    fc.tuple(fc.constant('user' as const), equal, fc.constantFrom('root', '33')),
    fc.tuple(fc.constant('proto' as const), equal, fc.constantFrom('tcp', 'udp6', 'unix')),
    fc.tuple(fc.constant('family' as const), equal, fc.constantFrom('inet', 'inet6', 'unix')),
  )
  .map(([field, operator, text]) => ({
    kind: 'compare',
    field,
    fieldAt: 0,
    comparison: operator,
    comparisonAt: 0,
    value: { text, at: 0 },
  }));

const states: fc.Arbitrary<Expression> = fc
  .array(
    fc.tuple(
      fc.constantFrom('state' as const, 'exclude' as const),
      fc.constantFrom('established', 'LISTEN', 'connected', 'big', 'fin-wait-1', 'closed'),
    ),
    { minLength: 1, maxLength: 3 },
  )
  .map((clauses) => ({
    kind: 'states',
    clauses: clauses.map(([word, text]) => ({ word, name: { text, at: 0 } })),
  }));

/** Any expression that can be given a meaning. */
export const anyExpression: fc.Arbitrary<Expression> = fc.letrec<{ node: Expression }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.oneof({ weight: 4, arbitrary: comparison }, { weight: 1, arbitrary: states }),
    fc
      .tuple(
        fc.constantFrom('and' as const, 'or' as const),
        fc.array(tie('node'), { minLength: 2, maxLength: 3 }),
      )
      .map(([kind, operands]): Expression => ({ kind, operands })),
    tie('node').map((operand): Expression => ({ kind: 'not', operand })),
  ),
})).node;

/** An expression without the places its words stood at. */
export function meaning(expression: Expression): unknown {
  return JSON.parse(
    JSON.stringify(expression, (key, value) =>
      ['at', 'fieldAt', 'comparisonAt', 'isQuoted'].includes(key) ? undefined : value,
    ),
  );
}
