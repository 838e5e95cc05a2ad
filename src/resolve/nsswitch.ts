const isWord = (token: string) => /^[a-z]/.test(token);

/** Whether a search that found nothing in a source ends there: `[NOTFOUND=return]` and the like. */
function endsSearch(action: string): boolean {
  let ends = false;
  const tokens = action.match(/[a-z]+|[^\sa-z]/g) ?? [];
  for (let at = 1; at + 1 < tokens.length; at++) {
    const [status, sign, verdict] = tokens.slice(at - 1, at + 2) as [string, string, string];
    if (sign !== '=' || !isWord(status) || !isWord(verdict)) continue;
    const applies = tokens[at - 2] === '!' ? status !== 'notfound' : status === 'notfound';
    ends = applies ? verdict === 'return' : ends;
    // Three words are used up: the verdict is not the next status.
    at += 2;
  }
  return ends;
}

/**
 * Where names of `database` are looked for, in order; `fallback` where the file says nothing of it.
 * The search ends after the files where an action says so for a name that they do not have; the
 * actions of other sources do not matter to files and DNS.
 */
export function nameSources(
  text: string | null,
  database: string,
  fallback: readonly string[],
): readonly string[] {
  let sources = fallback;
  for (const line of (text ?? '').split('\n')) {
    const [, name, rest] = /^\s*([^\s:#]+)\s*:([^#]*)/.exec(line) ?? [];
    if (name?.toLowerCase() !== database || rest === undefined) continue;
    const found: string[] = [];
    for (const [token] of rest.matchAll(/\[[^\]]*\]?|[^\s[]+/g)) {
      if (!token.startsWith('[')) {
        found.push(token);
      } else if (found.at(-1) === 'files' && endsSearch(token.toLowerCase())) {
        break;
      }
    }
    sources = found;
  }
  return sources;
}
