/**
 * What users of other netstats, lsof or ss type, in terms of this program's options, if it has no other meaning here.
 * `habits/` lists these and all others.
 */

import { familyNamed } from '../model/protocol.ts';
import { allFlags } from './flag-table.ts';
import { spellings } from './flags.ts';
import { helpTopics } from './help-topic.ts';
import { leastInterval, parseSeconds } from './seconds.ts';

/** Protocols as named by `-p` of BSD's, macOS' and Windows' netstat, and the corresponding flags. */
const protocolWords: Readonly<Record<string, readonly string[]>> = {
  tcp: ['--tcp'],
  tcp4: ['--tcp', '--inet'],
  tcp6: ['--tcp', '--inet6'],
  tcpv6: ['--tcp', '--inet6'],
  udp: ['--udp'],
  udp4: ['--udp', '--inet'],
  udp6: ['--udp', '--inet6'],
  udpv6: ['--udp', '--inet6'],
  udplite: ['--udplite'],
  sctp: ['--sctp'],
  raw: ['--raw'],
  unix: ['--unix'],
};

/** Words that ask for help if they are the only argument, or a topic of help follows. */
const helpWords = ['help', '/?', '-?'];

/** Whether the word after a flag is its value. `--wait` has an optional one, which never looks like a flag. */
export function takesValue(word: string): boolean {
  if (/^-[^-]*A$/.test(word)) return true;
  return allFlags.some(
    (flag) =>
      flag.value !== undefined && flag.optionalValue !== true && spellings(flag).includes(word),
  );
}

/**
 * Translates a command line into this program's options; long names must be complete. `platform` is Node's name for
 * the system.
 * @throws NetstatError `usage` for `--continuous=abc`
 */
export function understood(argv: readonly string[], platform: string): readonly string[] {
  const [first, ...rest] = argv;
  if (first !== undefined && helpWords.includes(first) && rest.every(isTopic) && rest.length < 2) {
    return ['--help', ...rest];
  }
  if (!argv.some(isForeign(platform))) return argv;
  const words: string[] = [];
  const ended = argv.indexOf('--');
  let taking = false;
  for (let at = 0; at < argv.length; at++) {
    const word = argv[at] as string;
    const isValue: boolean = taking;
    taking = !isValue && takesValue(word) && !isNameless(word, argv[at + 1]);
    if (isValue || (ended >= 0 && at >= ended)) words.push(word);
    else at += read(word, argv[at + 1], platform, words);
  }
  return words;
}

function isTopic(word: string): boolean {
  return (helpTopics as readonly string[]).includes(word);
}

/** Words with a letter that another netstat reads in another way, on these systems; the default is for all others. */
const foreignLetters: Readonly<Record<string, RegExp>> = {
  darwin: /^-[^-]*[fIpvw]/,
  win32: /^-[^-]*[fIpbo]/,
};

/** A quick check whether a word may need translation. */
function isForeign(platform: string): (word: string) => boolean {
  const letters = foreignLetters[platform] ?? /^-[^-]*[fIpv]/;
  return (word) => letters.test(word) || /^--(?:programs?$|interfaces?=|continuous=)/.test(word);
}

/**
 * Whether this is `--program` without a name, which net-tools' manual documents for `-p`. A name that begins with a
 * hyphen is written `--program=-bash`.
 */
export function isNameless(word: string, next: string | undefined): boolean {
  return word === '--program' && (next === undefined || next.startsWith('-'));
}

/**
 * Adds the translation of a word to `to`; returns how many of the following words belong to it.
 * @throws NetstatError `usage`
 */
function read(word: string, next: string | undefined, platform: string, to: string[]): 0 | 1 {
  const assigned = /^--interfaces?=(.+)$/s.exec(word);
  if (assigned !== null) {
    to.push('--interfaces', assigned[1] as string);
    return 0;
  }
  const interval = /^--continuous=(.*)$/s.exec(word)?.[1];
  if (interval !== undefined) {
    parseSeconds('--continuous', interval, leastInterval);
    to.push('--continuous', `--interval=${interval}`);
    return 0;
  }
  if (isNameless(word, next)) {
    to.push('--programs');
    return 0;
  }
  if (word === '--programs') return protocolBehind(word, next, platform, to);
  // Text after -A in the same word is its value.
  if (!/^-[A-Za-z0-9]/.test(word) || /^-[A-Za-z0-9]*A./.test(word)) {
    to.push(word);
    return 0;
  }

  const face = /^-([A-Za-z0-9]*)I=?(.*)$/s.exec(word);
  if (face !== null) {
    const name = face[2] || next;
    to.push(`-${face[1]}i`);
    if (name !== undefined && (face[2] || !name.startsWith('-'))) to.push(name);
    return face[2] || name === undefined || name.startsWith('-') ? 0 : 1;
  }

  const asked = /^-([A-Za-z0-9]*)f(.*)$/s.exec(word);
  const family = asked === null ? undefined : familyNamed(asked[2] || (next ?? ''));
  if (asked !== null && family !== undefined) {
    if (asked[1]) to.push(onSystem(`-${asked[1]}`, platform));
    to.push('-A', family);
    return asked[2] ? 0 : 1;
  }
  // macOS' interval: raw sockets, which -w shows elsewhere, are not listed there.
  if (platform === 'darwin' && /^-[A-Za-z0-9]*w$/.test(word) && /^[1-9]\d*$/.test(next ?? '')) {
    if (word !== '-w') to.push(onSystem(word.slice(0, -1), platform));
    to.push('--interval', next as string);
    return 1;
  }
  if (/^-[A-Za-z0-9]*p$/.test(word)) return protocolBehind(word, next, platform, to);
  to.push(onSystem(word, platform));
  return 0;
}

/**
 * `-p tcp`. On Linux -p shows programs whatever follows, as in net-tools; elsewhere the system's own -p takes a
 * protocol.
 */
function protocolBehind(
  word: string,
  next: string | undefined,
  platform: string,
  to: string[],
): 0 | 1 {
  const name = next?.toLowerCase() ?? '';
  if (!Object.hasOwn(protocolWords, name)) {
    to.push(onSystem(word, platform));
    return 0;
  }
  const others = word === '--programs' ? '-' : word.slice(0, -1);
  if (platform === 'linux' || platform === 'android') to.push(word);
  else if (others !== '-') to.push(onSystem(others, platform));
  to.push(...(protocolWords[name] as readonly string[]));
  return 1;
}

/** Translates the letters with which the system's own netstat shows the process of each socket. */
function onSystem(bundle: string, platform: string): string {
  if (bundle.startsWith('--')) return bundle;
  if (platform === 'win32') return bundle.replace(/[bo]/g, 'p');
  return platform === 'darwin' && /^-[^-]*v/.test(bundle) ? `${bundle}p` : bundle;
}
