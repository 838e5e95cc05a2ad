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
  const [first, second] = [lackIn(one), lackIn(other)];
  if (first === null || second === null) return null;
  if (one.source !== other.source || one.host !== other.host || first.why !== second.why)
    return null;
  const [more, less] = covers(one, other) ? [one, other] : [other, one];
  if (!covers(more, less)) return null;
  const facts = [...new Set([...first.facts, ...second.facts])].join('; ');
  const tables = (more === one ? first : second).tables;
  return {
    ...more,
    code: [one, other].some(({ code }) => code === 'unreadable') ? 'unreadable' : more.code,
    message: `${tables}${facts}${lacking}${first.why}`,
  };
}

function covers({ subjects: all = [] }: Warning, { subjects = [] }: Warning): boolean {
  return subjects.every((subject) => all.includes(subject));
}

const lacking = ': not available: ';

/** The parts of `tcp, tcp6: queues; memory: not available: REASON`; null: it is another warning. */
function lackIn({ message }: Warning) {
  const at = message.indexOf(lacking);
  if (at < 0) return null;
  const what = message.slice(0, at);
  const begin = what.lastIndexOf(': ') + ': '.length;
  return {
    tables: what.slice(0, begin),
    facts: what.slice(begin).split('; '),
    why: message.slice(at + lacking.length),
  };
}
