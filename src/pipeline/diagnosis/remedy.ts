import { shellWord } from '../../model/shell-word.ts';

/** A remedy whose commands of this program have these flags: they look where the finding was made. */
export function remedyWith(flags: readonly string[], remedy: string): string {
  return remedy.replaceAll('`tsnetstat ', (program) => program + wordsBefore(flags));
}

/**
 * Where a command begins that shows or changes the network namespace in which it runs. Settings that only the machine's
 * first network namespace has are none of it.
 */
const commandOfNetwork =
  /`(?=(?:arping|conntrack|ethtool|ip|mtr|ping|ss|tracepath|sysctl -w net\.(?!core\.rmem_max\b|netfilter\.nf_conntrack_max\b|ipv[46]\.neigh\.))\b)/g;

/** Whether commands of a remedy depend on the network namespace in which they run. */
export function dependsOnNetwork(remedy: string): boolean {
  return remedy.search(commandOfNetwork) >= 0;
}

/** A remedy whose commands run where the finding was made: behind these words, as `Source.waysInto` returns them. */
export function remedyInside(way: readonly string[], remedy: string): string {
  return remedy.replaceAll(commandOfNetwork, (quote) => quote + wordsBefore(way));
}

/**
 * A remedy with a PID in its commands in place of the word `PID`; null: there is no process to name, and the reader has
 * to find it.
 */
export function remedyFor(pid: number | null, remedy: string): string {
  if (pid === null) return remedy;
  return remedy.replaceAll(/`[^`]*`/g, (command) => command.replaceAll(/\bPID\b/g, String(pid)));
}

function wordsBefore(words: readonly string[]): string {
  return words.map((word) => `${shellWord(word)} `).join('');
}
