import { isNetstatError } from '../../errors.ts';
import type { Scope } from '../lookups.ts';
import type { Asked } from '../rules.ts';
import { compileExpression } from './compile.ts';
import { parse } from './parse.ts';
import { refuseUnmatchable } from './unmatchable.ts';

/**
 * A test whether a condition is valid, for what hints propose: nobody is to type what is refused in its turn. `asked`: the
 * sockets that it is to select; left out: whatever they are.
 */
export function acceptedIn(scope: Scope, asked?: Asked): (condition: string) => boolean {
  return (condition) => {
    try {
      const expression = parse(condition);
      compileExpression(condition, expression, scope);
      if (asked !== undefined) refuseUnmatchable(condition, expression, asked);
      return true;
    } catch (error) {
      if (isNetstatError(error)) return false;
      throw error;
    }
  };
}
