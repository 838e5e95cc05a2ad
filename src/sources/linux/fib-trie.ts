import type { LineReader } from './line-reader.ts';

/** An address in the kernel's fib_trie: one of ours, or a broadcast address. */
export interface FibAddress {
  readonly address: string;
  readonly kind: 'local' | 'broadcast';
}

/** /proc/net/fib_trie (net/ipv4/fib_trie.c, fib_trie_seq_show): an address, and below it its type. */
export function fibTrieLines(): LineReader<FibAddress> {
  let address = '';
  return (line) => {
    const leaf = /\|-- (\d+\.\d+\.\d+\.\d+)$/.exec(line)?.[1];
    if (leaf !== undefined) address = leaf;
    else if (address === '') return undefined;
    else if (/^ +\/32 host LOCAL/.test(line)) return { address, kind: 'local' };
    else if (/^ +\/32 link BROADCAST/.test(line)) return { address, kind: 'broadcast' };
    return undefined;
  };
}

/** A route by which the kernel takes packets itself: of an address of the network, or of a whole prefix. */
export interface LocalRoute {
  readonly address: string;
  readonly prefixLength: number;
}

/** The same file: the routes of every table by which the kernel takes packets itself, also those of whole prefixes. */
export function localRouteLines(): LineReader<LocalRoute> {
  let address = '';
  return (line) => {
    const leaf = /\|-- (\d+\.\d+\.\d+\.\d+)$/.exec(line)?.[1];
    if (leaf !== undefined) address = leaf;
    const length = /^ +\/(\d+) \S+ (?:LOCAL|BROADCAST|ANYCAST|MULTICAST)\b/.exec(line)?.[1];
    return address === '' || length === undefined
      ? undefined
      : { address, prefixLength: Number(length) };
  };
}
