import type { Owner } from '../model/socket/owner.ts';

/** The shortest name that is looked for within others. */
const shortestName = 3;

/** A pattern of `--program` without `*` at its ends, which stand for any text. */
export function withoutOuterStars(pattern: string): string {
  return pattern.replace(/^\*+|\*+$/g, '');
}

/**
 * A test whether a process may be the program of this name under another one: its name contains it (`(squid-1)`), or its
 * command line has it as a word (`java … kafka.Kafka`), which digits may follow (`tomcat9`). Case is ignored.
 */
export function resemblance(
  pattern: string,
): (owner: Pick<Owner, 'program' | 'commandLine'>) => boolean {
  const name = withoutOuterStars(pattern).toLowerCase();
  if (name.length < shortestName) return () => false;
  return ({ program, commandLine }) =>
    (program ?? '').toLowerCase().includes(name) ||
    hasWord((commandLine ?? '').toLowerCase(), name);
}

const letter = /^\p{L}/u;

function hasWord(text: string, word: string): boolean {
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) {
    const beside = [text.charAt(at - 1), text.charAt(at + word.length)];
    if (!beside.some((one) => letter.test(one))) return true;
  }
  return false;
}
