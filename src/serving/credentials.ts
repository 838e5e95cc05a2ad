import { createHash, timingSafeEqual } from 'node:crypto';
import { errorNaming } from '../errors.ts';

/** The credentials that a file lists. */
export interface Credentials {
  /** Whether an Authorization header holds one of them. Takes the same time for every header. */
  admit(authorization: string | undefined): boolean;
  /** The WWW-Authenticate headers of a 401. */
  readonly challenges: readonly string[];
}

interface Entry {
  readonly scheme: 'basic' | 'bearer';
  /** The digest of the user's name; for a token, which has none, the digest of the empty string. */
  readonly user: Buffer;
  readonly secret: Buffer;
}

const digestForm = /^sha256:([0-9a-f]{64})$/i;

/**
 * Text that was meant as a digest. If it is not one, as with the ` -` that sha256sum appends, it is refused: taken as a
 * secret, no client could present it.
 */
const digestLike = /^\s*sha256:/i;

/**
 * Reads a file of credentials: `bearer TOKEN` or `basic USER:PASSWORD` on each line; one that begins with `#` is a comment. A token or
 * password may be given as `sha256:` and its digest in hex. No message contains a secret.
 * @throws NetstatError `usage`, which names the line
 */
export function readCredentials(text: string, path: string): Credentials {
  const entries: Entry[] = [];
  for (const [i, line] of text.split(/\r?\n/).entries()) {
    if (/^\s*(?:#|$)/.test(line)) continue;
    const entry = entryIn(line);
    if (entry === null) {
      const hint = /sha256:/i.test(line)
        ? '; sha256: must be followed by 64 digits and nothing else'
        : '';
      throw errorNaming(
        'usage',
        path,
        `line ${i + 1}: expected bearer TOKEN or basic USER:PASSWORD${hint}`,
      );
    }
    entries.push(entry);
  }
  if (entries.length === 0) {
    throw errorNaming(
      'usage',
      path,
      'contains no credentials: expected lines bearer TOKEN or basic USER:PASSWORD',
    );
  }
  const has = (scheme: Entry['scheme']) => entries.some((entry) => entry.scheme === scheme);
  return {
    challenges: [
      ...(has('basic') ? ['Basic realm="tsnetstat", charset="UTF-8"'] : []),
      ...(has('bearer') ? ['Bearer realm="tsnetstat"'] : []),
    ],
    admit(authorization) {
      const shown = shownBy(authorization ?? '');
      let isAdmitted = false;
      for (const { scheme, user, secret } of entries) {
        const fits = [timingSafeEqual(user, shown.user), timingSafeEqual(secret, shown.secret)];
        if (scheme === shown.scheme && fits.every((one) => one)) isAdmitted = true;
      }
      return isAdmitted;
    },
  };
}

function entryIn(line: string): Entry | null {
  const token = /^\s*bearer\s+([\w.~+/=:-]+)\s*$/i.exec(line)?.[1];
  if (token !== undefined) {
    return entryOf('bearer', '', token);
  }
  const basic = /^\s*basic\s+([^\s:][^:]*):(.+)$/i.exec(line);
  if (basic === null) return null;
  const [, user = '', password = ''] = basic;
  return entryOf('basic', user, password);
}

function entryOf(scheme: Entry['scheme'], user: string, secret: string): Entry | null {
  if (digestLike.test(secret) && !digestForm.test(secret)) return null;
  return { scheme, user: digest(user), secret: secretOf(secret) };
}

function secretOf(text: string): Buffer {
  const hex = digestForm.exec(text)?.[1];
  return hex === undefined ? digest(text) : Buffer.from(hex, 'hex');
}

/** The credentials in an Authorization header of any form. Where it has none, values that match no entry. */
function shownBy(authorization: string): Omit<Entry, 'scheme'> & { readonly scheme: string } {
  const [, scheme = '', shown = ''] = /^(\S+) +(\S.*)$/.exec(authorization.trim()) ?? [];
  if (scheme.toLowerCase() !== 'basic') {
    return { scheme: scheme.toLowerCase(), user: digest(''), secret: digest(shown) };
  }
  // Buffer silently ignores what follows the first `=` and characters that are not base64.
  const isBase64 = /^[A-Za-z0-9+/]+={0,2}$/.test(shown);
  const pair = isBase64 ? Buffer.from(shown, 'base64').toString('utf8') : '';
  const colon = pair.indexOf(':');
  if (colon < 0) return { scheme: '', user: digest(''), secret: digest('') };
  const [user, password] = [pair.slice(0, colon), pair.slice(colon + 1)];
  return { scheme: 'basic', user: digest(user), secret: digest(password) };
}

/** The same length for any text, so that comparing takes constant time. */
function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
