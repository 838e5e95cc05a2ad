import { isNetstatError, reworded } from '../errors.ts';
import type { Need } from '../model/request/needs.ts';
import type { Socket } from '../model/socket/socket.ts';
import { disjunction } from './condition.ts';
import { acceptedIn } from './expression/accepted.ts';
import { comparedFields, compileExpression } from './expression/compile.ts';
import { parse } from './expression/parse.ts';
import { isAge } from './fields.ts';
import type { Scope } from './lookups.ts';
import { type Fit, fitWord } from './selection.ts';

/** The rows that `--ignore` leaves out. */
export interface Ignored {
  /** What must be known of rows to decide. */
  readonly needs: readonly Need[];
  /** Whether a row is left out, that is, matches one of the expressions. */
  fit(socket: Socket): Fit;
  /** As that of `Selection`. */
  fitAt(readAt: number): (socket: Socket) => Fit;
}

/**
 * Compiles several independent expressions.
 * @throws NetstatError `usage` for an invalid one
 */
export function ignoredBy(expressions: readonly string[], scope: Scope): Ignored {
  let comparesAges = false;
  const accepts = acceptedIn(scope);
  const conditions = expressions.map((text) => {
    try {
      const expression = parse(text, { accepts });
      comparesAges ||= comparedFields(expression).some(isAge);
      return compileExpression(text, expression, scope);
    } catch (error) {
      if (!isNetstatError(error)) throw error;
      throw reworded(error, `--ignore: ${error.summary}`, {
        path: '--ignore',
        about: { filter: 'ignore' },
        at: null,
      });
    }
  });
  const any = disjunction(conditions);
  const fit = (socket: Socket) => fitWord(any.known(socket));
  return {
    needs: any.needs,
    fit,
    fitAt(readAt) {
      if (!comparesAges) return fit;
      return ignoredBy(expressions, { ...scope, lookups: { ...scope.lookups, readAt } }).fit;
    },
  };
}
