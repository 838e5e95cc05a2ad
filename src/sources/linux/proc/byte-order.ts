import { ipv4Word } from '../../../model/address/text.ts';
import { networkOrder } from '../address.ts';
import { fibTrieLines } from '../fib-trie.ts';
import { linesOf, parseLines, wordsOf } from '../line-reader.ts';

/** A machine's byte order. */
export type ByteOrder = 'little' | 'big';

/** Files of a captured /proc that show the order of their words; empty if there is none. */
export interface OrderedFiles {
  /** net/route */
  readonly route: string;
  /** net/igmp */
  readonly igmp: string;
  /** net/fib_trie, whose addresses are in dotted form. */
  readonly fibTrie: string;
  /** net/tcp and the other IPv4 tables. */
  readonly inet: readonly string[];
  /** net/tcp6 and the other IPv6 tables. */
  readonly inet6: readonly string[];
  /** version */
  readonly version: string;
}

/** What such files show. */
export interface OrderEvidence {
  /** null: they show nothing, or contradict each other. */
  readonly order: ByteOrder | null;
  /** Whether any address in them would be different in the other order. */
  readonly matters: boolean;
}

/** Whether a word makes sense; called with it read in either order. */
type Vote = (word: number) => boolean;

/** The order in which every word makes sense; null: no word shows it, or they disagree. */
function verdict(words: Iterable<number>, makesSense: Vote): ByteOrder | null {
  let found: ByteOrder | null = null;
  for (const word of words) {
    const little = makesSense(networkOrder(word, true));
    if (little === makesSense(word)) continue;
    const order = little ? 'little' : 'big';
    if (found !== null && found !== order) return null;
    found = order;
  }
  return found;
}

/** Ones, then zeros. */
const isMask: Vote = (word) => {
  const rest = ~word;
  return ((rest + 1) & rest) === 0;
};

const isMulticast: Vote = (word) => word >>> 28 === 0xe;

/** Common addresses in 127.0.0.0/8: 127.0.0.1, Debian's 127.0.1.1, systemd-resolved's 127.0.0.53 and 54. */
const loopbacks = new Set(['127.0.0.1', '127.0.1.1', '127.0.0.53', '127.0.0.54'].map(ipv4Word));
const isLoopback: Vote = (word) => loopbacks.has(word);

/**
 * The byte order in which a machine wrote its tables, judged by the tables: netmasks of routes, multicast groups,
 * addresses that fib_trie writes in dotted form, loopback, IPv4-mapped and link-local addresses; else by the
 * architecture in /proc/version.
 */
export function byteOrderIn(files: OrderedFiles): OrderEvidence {
  const routes = linesOf(files.route).slice(1).map(wordsOf);
  const masks = hexWords(routes.map((words) => words[7]));
  const groups = hexWords([...files.igmp.matchAll(/^\t+([0-9A-F]{8}) /gm)].map(([, word]) => word));
  const locals = hexWords(localEnds(files.inet, 8));
  const ends6 = localEnds(files.inet6, 32);
  const own = localWords(files.fibTrie);
  const hasOwn: Vote = (word) => own.has(word);
  const order =
    verdict(masks, isMask) ??
    verdict(groups, isMulticast) ??
    verdict(locals, hasOwn) ??
    verdict(locals, isLoopback) ??
    verdict(ends6.flatMap(decisiveWord), (word) => word > 0 && word <= 0xffff) ??
    verdict(hexWords(ends6.map((end) => end.slice(0, 8))), isLinkLocal) ??
    architectureOrder(files.version);
  const targets = hexWords(routes.flatMap((words) => [words[1], words[2]]));
  const all = [...masks, ...groups, ...locals, ...targets, ...hexWords(ends6.flatMap(quarters))];
  return { order, matters: all.some((word) => networkOrder(word, true) !== word) };
}

const isLinkLocal: Vote = (word) => word === (0xfe80_0000 | 0);

function hexWords(texts: readonly (string | undefined)[]): number[] {
  return texts.flatMap((text) =>
    text !== undefined && /^[0-9A-F]{8}$/i.test(text) ? [Number.parseInt(text, 16) | 0] : [],
  );
}

/** The local addresses of socket tables, with this number of digits each. */
function localEnds(tables: readonly string[], digits: number): string[] {
  const row = new RegExp(`^ *\\d+: ([0-9A-F]{${digits}}):[0-9A-F]{4} `, 'gm');
  return tables.flatMap((table) => [...table.matchAll(row)].map(([, end]) => end as string));
}

function quarters(end: string): string[] {
  return [0, 8, 16, 24].map((at) => end.slice(at, at + 8));
}

/** The last word of ::1, or the third of an IPv4-mapped address: a small number in the machine's order. */
function decisiveWord(end: string): number[] {
  const match = /^0{24}(0{7}1|010{6})$/.exec(end) ?? /^0{16}(0000FFFF|FFFF0000)/i.exec(end);
  return hexWords([match?.[1]]);
}

function localWords(fibTrie: string): ReadonlySet<number> {
  const { rows } = parseLines(fibTrie, fibTrieLines());
  return new Set(
    rows.flatMap(({ address, kind }) => (kind === 'local' ? [ipv4Word(address)] : [])),
  );
}

const little =
  /\b(x86_64|amd64|i[3-6]86|aarch64|arm64|armv[67]l?|armhf|armel|ppc64le|ppc64el|powerpc64le|mips(64)?el|mips64el|riscv64|loongarch64)\b/;
const big =
  /\b(s390x?|ppc|ppc64|powerpc|powerpc64|mips|mips64|sparc|sparc64|hppa|parisc|m68k|aarch64_be|armeb|arm64_be)\b/;

/** Distributions put the architecture into the kernel's release, or the compiler's name into its version. */
function architectureOrder(version: string): ByteOrder | null {
  // The compiler's name joins words by `-`, a release also by `.` or `_` (x86_64 contains one itself).
  const [isLittle, isBig] = [little.test(version), big.test(version)];
  return isLittle === isBig ? null : isLittle ? 'little' : 'big';
}
