/** Whether a search that found nothing in a source ends there: `[NOTFOUND=return]` and its kin. */
function endsSearch(action: string): boolean {
  let ends = false;
  for (const [, not, status, verdict] of action.matchAll(/(!?)\s*([a-z]+)\s*=\s*([a-z]+)/g)) {
    const applies = not === '!' ? status !== 'notfound' : status === 'notfound';
    ends = applies ? verdict === 'return' : ends;
  }
  return ends;
}

/**
 * Where names of `database` are looked for, in order; `fallback` where the file says nothing of it.
 * The search ends after the files where an action says that their not knowing ends it; what other
 * sources' actions say makes no difference to files and DNS.
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
