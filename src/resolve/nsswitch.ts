const isWord = (token: string) => /^[a-z]/.test(token);

/** Whether an action such as `[NOTFOUND=return]` ends a search after a source in which the name was not found. */
function endsSearch(action: string): boolean {
  let ends = false;
  const tokens = action.match(/[a-z]+|[^\sa-z]/g) ?? [];
  for (let at = 1; at + 1 < tokens.length; at++) {
    const [status, sign, verdict] = tokens.slice(at - 1, at + 2) as [string, string, string];
    if (sign !== '=' || !isWord(status) || !isWord(verdict)) continue;
    const applies = tokens[at - 2] === '!' ? status !== 'notfound' : status === 'notfound';
    ends = applies ? verdict === 'return' : ends;
    // Skip all three words: the verdict is not the next status.
    at += 2;
  }
  return ends;
}

/**
 * The sources that names of `database` are looked up in, in order; `fallback` if the file does not list the
 * database. The list ends after `files` if an action ends the search for names missing there; actions of other
 * sources do not affect files and DNS.
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

/** The usual sources, also used if there is no nsswitch.conf. */
const usualHostSources = ['files', 'dns'];

/** The sources of hosts' names and addresses: see `nameSources`. */
export function hostSources(text: string | null): readonly string[] {
  return nameSources(text, 'hosts', usualHostSources);
}
