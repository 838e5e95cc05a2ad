import { linesOf } from './report-source.js';

/** /proc/net/fib_trie (net/ipv4/fib_trie.c): which addresses are our own, which are broadcasts. */
export function localAndBroadcast(fibTrie: string): { local: Set<string>; broadcast: Set<string> } {
  const local = new Set<string>();
  const broadcast = new Set<string>();
  let leaf = '';
  for (const line of linesOf(fibTrie)) {
    const address = /\|-- (\d+\.\d+\.\d+\.\d+)$/.exec(line)?.[1];
    if (address !== undefined) leaf = address;
    else if (/^ +\/32 host LOCAL/.test(line)) local.add(leaf);
    else if (/^ +\/32 link BROADCAST/.test(line)) broadcast.add(leaf);
  }
  return { local, broadcast };
}
