import { lackedFactsIn, lackedFactsText } from '../../model/report/lacked-facts.ts';
import type { Warning } from '../../model/report/snapshot.ts';

/**
 * The warnings, where those about facts that the same tables lack for the same reason are one: of the readings that a
 * diagnosis takes, each asks for other facts.
 */
export function saidOnce(warnings: readonly Warning[]): readonly Warning[] {
  const said: Warning[] = [];
  for (const warning of warnings) {
    const at = said.findIndex((one) => joined(one, warning) !== null);
    const one = said[at];
    if (one === undefined) said.push(warning);
    else said[at] = joined(one, warning) ?? one;
  }
  return said;
}

/** Two warnings as one; null: they are about other facts, tables or reasons. */
function joined(one: Warning, other: Warning): Warning | null {
  const [first, second] = [lackedFactsIn(one.message), lackedFactsIn(other.message)];
  if (first === null || second === null) return null;
  if (one.source !== other.source || one.host !== other.host || first.why !== second.why)
    return null;
  const [more, less] = covers(one, other) ? [one, other] : [other, one];
  if (!covers(more, less)) return null;
  const facts = [...new Set([...first.facts, ...second.facts])];
  return {
    ...more,
    code: [one, other].some(({ code }) => code === 'unreadable') ? 'unreadable' : more.code,
    message: lackedFactsText({ ...(more === one ? first : second), facts }),
  };
}

function covers({ subjects: all = [] }: Warning, { subjects = [] }: Warning): boolean {
  return subjects.every((subject) => all.includes(subject));
}
