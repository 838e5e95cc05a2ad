/** Pure parsers of the files that `system-facts.ts` reads. null: not in the kernel's form. */
import { highestPort, type PortRange } from '../../../model/address/port.ts';
import { canonicalAddress } from '../../../model/address/read.ts';
import type {
  ConntrackDrops,
  SilentNeighbour,
  TcpUse,
} from '../../../model/machine/system-facts.ts';
import { linesOf, wordsOf } from '../line-reader.ts';

const wholeNumber = /^\d{1,15}$/;

/** A file with `count` numbers (`sysctl -n`), separated by blanks or tabs. */
export function parseSettings(text: string, count: number): readonly number[] | null {
  const words = wordsOf(text.trim());
  if (words.length !== count || !words.every((word) => wholeNumber.test(word))) return null;
  return words.map(Number);
}

/** A file with a number of 32 bits that the kernel compares without its sign: -1, which it accepts, is no limit. */
export function parseUnsignedSetting(text: string): number | null {
  const word = text.trim();
  return /^-?\d{1,10}$/.test(word) ? Number(word) >>> 0 : null;
}

/**
 * Whether a routing table other than `Main` and `Local` has a default route: /proc/net/fib_trie (net/ipv4/fib_trie.c,
 * fib_trie_seq_show).
 */
export function parseOtherDefaultRoute(text: string): boolean | null {
  let isOther = false;
  let hasTables = false;
  for (const line of linesOf(text)) {
    const [, table] = /^(Main|Local|Id \d+):$/.exec(line) ?? [];
    if (table !== undefined) {
      hasTables = true;
      isOther = table.startsWith('Id ');
    } else if (isOther && /^ +\/0 \S+ UNICAST\b/.test(line)) {
      return true;
    }
  }
  return hasTables || text === '' ? false : null;
}

/**
 * net.ipv4.ip_local_reserved_ports: `8080,9000-9100`; an empty line: none (proc_do_large_bitmap of
 * kernel/sysctl.c).
 */
export function parsePortList(text: string): readonly PortRange[] | null {
  const ranges: PortRange[] = [];
  for (const part of text.trim().split(',')) {
    if (part === '') continue;
    const [, first, last] = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(part) ?? [];
    if (first === undefined) return null;
    const range = { first: Number(first), last: Number(last ?? first) };
    if (range.first > range.last || range.last > highestPort) return null;
    ranges.push(range);
  }
  return ranges;
}

/** TCP's line of /proc/net/sockstat (net/ipv4/proc.c): `TCP: inuse 5 orphan 0 tw 2 alloc 7 mem 3`. */
export function parseSockstat(text: string): TcpUse | null {
  const line = linesOf(text).find((one) => one.startsWith('TCP: '));
  const found =
    /^TCP: inuse (\d{1,15}) orphan (\d{1,15}) tw (\d{1,15}) alloc \d+ mem (\d{1,15})$/.exec(
      line ?? '',
    );
  if (found === null) return null;
  const [inUse = 0, orphans = 0, timeWait = 0, memoryPages = 0] = found.slice(1).map(Number);
  return { inUse, orphans, timeWait, memoryPages };
}

/**
 * The number of entries of a neighbour table: /proc/net/stat/arp_cache, ndisc_cache (net/core/neighbour.c). Below
 * the column names each processor has a line, whose first number, in hex, is the table's.
 */
export function parseNeighbourCount(text: string): number | null {
  const [head = '', first = ''] = linesOf(text);
  if (wordsOf(head)[0] !== 'entries') return null;
  const [count = ''] = wordsOf(first);
  return /^[0-9a-f]{1,12}$/i.test(count) ? Number.parseInt(count, 16) : null;
}

/** The name servers of resolv.conf(5) that are addresses, in order, with zones. */
export function parseNameservers(text: string): readonly string[] {
  const servers: string[] = [];
  for (const line of linesOf(text)) {
    const [, server = ''] = /^nameserver[ \t]+([^ \t#;]+)/.exec(line) ?? [];
    const [bare = '', zone] = server.split('%', 2);
    const address = canonicalAddress(bare);
    if (address === null) continue;
    servers.push(zone === undefined || zone === '' ? address : `${address}%${zone}`);
  }
  return servers;
}

/** Whether resolv.conf(5) has the servers asked over TCP only. */
export function parseNameserversOverTcp(text: string): boolean {
  return linesOf(text).some(
    (line) => /^options[ \t]/.test(line) && wordsOf(line).includes('use-vc'),
  );
}

/**
 * What connection tracking dropped: /proc/net/stat/nf_conntrack (net/netfilter/nf_conntrack_standalone.c). Below
 * the column names each processor has a line of hex numbers.
 */
export function parseConntrackStat(text: string): ConntrackDrops | null {
  const [head = '', ...lines] = linesOf(text);
  const names = wordsOf(head);
  const columns = ['drop', 'insert_failed', 'early_drop'].map((name) => names.indexOf(name));
  const [drop = -1, failed = -1, early = -1] = columns;
  if (names[0] !== 'entries' || Math.min(...columns) < 0 || lines.length === 0) return null;
  const sums = { dropped: 0, failed: 0, forgotten: 0 };
  for (const line of lines) {
    const words = wordsOf(line);
    if (words.length < names.length || !words.every((word) => /^[0-9a-f]{1,12}$/i.test(word))) {
      return null;
    }
    sums.dropped += Number.parseInt(words[drop] as string, 16);
    sums.failed += Number.parseInt(words[failed] as string, 16);
    sums.forgotten += Number.parseInt(words[early] as string, 16);
  }
  return sums;
}

/** A flag of /proc/net/arp (ATF_*, <linux/if_arp.h>): the hardware address is known. */
const isComplete = 0x02;

/** The neighbours of /proc/net/arp (net/ipv4/arp.c) without a hardware address; invalid lines are skipped. */
export function parseSilentNeighbours(text: string): readonly SilentNeighbour[] | null {
  const [head = '', ...lines] = linesOf(text);
  if (!head.startsWith('IP address ')) return null;
  return lines.flatMap((line) => {
    const [address = '', , flags = '', , , device = ''] = wordsOf(line);
    const known = canonicalAddress(address);
    if (known === null || !/^\S+$/.test(device) || !/^0x[0-9a-f]{1,8}$/i.test(flags)) return [];
    return (Number(flags) & isComplete) === 0 ? [{ address: known, interface: device }] : [];
  });
}
