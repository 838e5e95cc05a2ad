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
