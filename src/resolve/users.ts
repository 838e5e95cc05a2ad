import { type NamingHost, readNaming } from './naming-host.ts';
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

/** Whether there may be users that are not in the passwd file, from LDAP, systemd… */
function hasOtherSources(host: NamingHost): boolean {
  const sources = nameSources(readNaming('nsswitch.conf', host), 'passwd', ['files', 'unknown']);
  return sources.some((source) => source !== 'files');
}

/** Whether asking getent(1) for `keys` can find more than the passwd file. */
function getentKnowsMore(keys: readonly string[], timeoutMs: number, host: NamingHost): boolean {
  return keys.length > 0 && timeoutMs > 0 && hasOtherSources(host);
}

/** Users that getent(1) reports; none if there is no getent, or no answer in time. */
async function getent(
  keys: readonly string[],
  timeoutMs: number,
  host: NamingHost,
): Promise<UserEntry[]> {
  if (!getentKnowsMore(keys, timeoutMs, host)) return [];
  try {
    return parsePasswd(await host.run('getent', ['passwd', ...keys], timeoutMs));
  } catch {
    return [];
  }
}

/** Names for UIDs: from the passwd file, and for the rest from one call of getent. */
export async function userNames(
  uids: Iterable<number>,
  timeoutMs: number,
  host: NamingHost,
): Promise<Map<number, string>> {
  const wanted = [...new Set(uids)];
  const names = new Map<number, string>();
  if (wanted.length === 0 || host.platform === 'win32') return names;
  const inFile = byUid(passwdFile(host));
  const unknown = wanted.filter((uid) => !inFile.has(uid));
  const elsewhere = byUid(await getent(unknown.map(String), timeoutMs, host));
  for (const uid of wanted) {
    const name = inFile.get(uid) ?? elsewhere.get(uid);
    if (name !== undefined) names.set(uid, name);
  }
  return names;
}

/**
 * A function from user names to UIDs, undefined for an unknown name; it blocks until the answer is known. The
 * passwd file is read on first use.
 */
export function userNumbers(
  timeoutMs: number,
  host: NamingHost,
): (name: string) => number | undefined {
  let inFile: ReadonlyMap<string, number> | undefined;
  return (name) => {
    if (host.platform === 'win32') return undefined;
    // The first entry of a name wins.
    inFile ??= new Map(
      passwdFile(host)
        .reverse()
        .map((entry) => [entry.name, entry.uid]),
    );
    const uid = inFile.get(name);
    // getent takes a leading `-` for an option and digits for a UID; no user name starts with either.
    if (uid !== undefined || !/^[^\d-]/.test(name)) return uid;
    if (!getentKnowsMore([name], timeoutMs, host)) return undefined;
    try {
      return parsePasswd(host.runSync('getent', ['passwd', name], timeoutMs))[0]?.uid;
    } catch {
      return undefined;
    }
  };
}
