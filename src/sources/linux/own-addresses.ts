import { isNetstatError } from '../../errors.ts';
import type { OwnAddress } from '../../model/machine/own-address.ts';
import { fibTrieLines } from './fib-trie.ts';
import { ifInet6Line } from './interfaces/inet6.ts';
import type { LineReader } from './line-reader.ts';
import type { Proc } from './proc/proc.ts';
import { fibTrieFile, interfaceFiles } from './proc-files.ts';
import { reportSource } from './report-files.ts';

/**
 * The addresses of a network namespace, block by block as its files are read: those for which the kernel takes packets,
 * whatever interface has them. None, without a warning, of a file that cannot be read.
 */
export async function* ownAddresses(proc: Proc): AsyncGenerator<OwnAddress[]> {
  const files = reportSource(proc, { warn: () => {} });
  const addresses = [
    files.batches(fibTrieFile, null, localAddresses()),
    files.batches(interfaceFiles.inet6, null, inet6Address),
  ];
  for (const batches of addresses) {
    try {
      yield* batches;
    } catch (error) {
      if (!isNetstatError(error)) throw error;
    }
  }
}

/** Rows are marked with their namespace, so each is an object of its own. */
function inet6Address(line: string): OwnAddress | null {
  const found = ifInet6Line(line);
  return found && { address: found.address.address };
}

function localAddresses(): LineReader<OwnAddress> {
  const read = fibTrieLines();
  return (line) => {
    const found = read(line);
    return found?.kind === 'local' ? { address: found.address } : undefined;
  };
}
