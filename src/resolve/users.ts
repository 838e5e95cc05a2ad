import { lazily } from '../flow/lazily.ts';
import { isMissing, type NamingHost, readNaming } from './naming-host.ts';
import { nameSources } from './nsswitch.ts';

const highestUid = 4_294_967_295;

/** A line of the passwd file. */
export interface UserEntry {
  readonly name: string;
  readonly uid: number;
}

/**
 * Parses passwd(5), `name:password:uid:gid:…`, in file order. Lines in another form, and NIS inclusions (`+…`), are
 * ignored.
 */
export function parsePasswd(text: string): UserEntry[] {
  const entries: UserEntry[] = [];
  for (const line of text.split('\n')) {
    const [, name, digits] = /^\s*([^\s:#+-][^:]*):[^:]*:(\d{1,10}):\d+:/.exec(line) ?? [];
    if (name !== undefined && Number(digits) <= highestUid) {
      entries.push({ name, uid: Number(digits) });
    }
  }
  return entries;
}

function passwdFile(host: NamingHost): UserEntry[] {
  return parsePasswd(readNaming('passwd', host) ?? '');
}

/** The first entry of each UID wins, as in getpwuid(3). */
function byUid(entries: readonly UserEntry[]): Map<number, string> {
  return new Map([...entries].reverse().map(({ uid, name }) => [uid, name]));
}

/** The first entry of each name wins, as in getpwnam(3). */
function byName(entries: readonly UserEntry[]): Map<string, number> {
  return new Map([...entries].reverse().map(({ uid, name }) => [name, uid]));
}

/** Whether there may be users that are not in the passwd file, from LDAP, systemd… */
function hasOtherSources(host: NamingHost): boolean {
  const sources = nameSources(readNaming('nsswitch.conf', host), 'passwd', ['files', 'unknown']);
  return sources.some((source) => source !== 'files');
}

/** Users that getent(1) reports, none if there is no getent; null: no answer in time. */
async function getent(
  uids: readonly number[],
  timeoutMs: number,
  host: NamingHost,
): Promise<UserEntry[] | null> {
  if (uids.length === 0 || timeoutMs <= 0 || !hasOtherSources(host)) return [];
  try {
    return parsePasswd(await host.run('getent', ['passwd', ...uids.map(String)], timeoutMs));
  } catch (error) {
    return isMissing(error) ? [] : null;
  }
}

/**
 * Names for UIDs: from the passwd file, and for the rest from one call of getent. `onGivenUp` gets the UIDs that had no
 * answer in time, if there are any.
 */
export async function userNames(
  uids: Iterable<number>,
  timeoutMs: number,
  host: NamingHost,
  onGivenUp: (uids: readonly number[]) => void = () => {},
): Promise<Map<number, string>> {
  const wanted = [...new Set(uids)];
  const names = new Map<number, string>();
  if (wanted.length === 0 || host.platform === 'win32') return names;
  const inFile = byUid(passwdFile(host));
  const unknown = wanted.filter((uid) => !inFile.has(uid));
  const answer = await getent(unknown, timeoutMs, host);
  if (answer === null) onGivenUp(unknown);
  const elsewhere = byUid(answer ?? []);
  for (const uid of wanted) {
    const name = inFile.get(uid) ?? elsewhere.get(uid);
    if (name !== undefined) names.set(uid, name);
  }
  return names;
}

/** A user's UID; undefined: there is no such user; or why that is not known, to put after the name. */
export type UserNumber = number | undefined | { readonly reason: string };

/** A function from user names to UIDs; it blocks until the answer is known. The passwd file is read on first use. */
export function userNumbers(timeoutMs: number, host: NamingHost): (name: string) => UserNumber {
  const inFile = lazily(() => byName(passwdFile(host)));
  return (name) => {
    if (host.platform === 'win32') return undefined;
    const uid = inFile().get(name);
    // getent takes a leading `-` for an option and digits for a UID; no user name starts with either.
    if (uid !== undefined || !/^[^\d-]/.test(name)) return uid;
    return hasOtherSources(host) ? numberByGetent(name, timeoutMs, host) : undefined;
  };
}

function numberByGetent(name: string, timeoutMs: number, host: NamingHost): UserNumber {
  if (timeoutMs <= 0) return { reason: 'which is not in the passwd file, and nobody may be asked' };
  try {
    return parsePasswd(host.runSync('getent', ['passwd', name], timeoutMs))[0]?.uid;
  } catch (error) {
    return {
      reason: isMissing(error)
        ? 'which is not in the passwd file, and there is no getent to ask'
        : `about which getent gave no answer within ${timeoutMs / 1000} s (--resolve-timeout)`,
    };
  }
}
