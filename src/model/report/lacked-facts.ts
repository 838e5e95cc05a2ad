/** What a warning says of facts that tables lack. */
export interface LackedFacts {
  /** The tables, after the machine that has them if it is another one: `tcp, tcp6`. */
  readonly tables: string;
  readonly facts: readonly string[];
  readonly why: string;
}

const lacking = ': not available: ';

/** The text of the warning. */
export function lackedFactsText({ tables, facts, why }: LackedFacts): string {
  return `${tables}: ${facts.join('; ')}${lacking}${why}`;
}

/** What such a text says; null: it is that of another warning. */
export function lackedFactsIn(message: string): LackedFacts | null {
  const end = message.indexOf(lacking);
  const begin = message.slice(0, Math.max(0, end)).lastIndexOf(': ');
  if (begin < 0) return null;
  return {
    tables: message.slice(0, begin),
    facts: message.slice(begin + ': '.length, end).split('; '),
    why: message.slice(end + lacking.length),
  };
}
