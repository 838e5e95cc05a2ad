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

/** What words in a remedy's commands stand for, of the processes of a finding. */
const processWords: Readonly<Record<string, (pids: readonly number[]) => string | undefined>> = {
  PID: (pids) => pids[0]?.toString(),
  PIDS: (pids) => pids.join(',') || undefined,
  // A master that shares its sockets started before its workers.
  WORKER: (pids) => pids.at(-1)?.toString(),
};

/** Where commands have these words; elsewhere in them they are names that others gave. */
const processWord = /(?<=`sample | -p |\/proc\/)(?:PIDS?|WORKER)\b/g;

/**
 * A remedy whose commands name processes: `PID` is the first, `PIDS` are all, `WORKER` is the last. Without any, all of
 * these become `PID`, which the reader has to find.
 */
export function remedyFor(pids: readonly number[], remedy: string): string {
  return remedy.replaceAll(/`[^`]*`/g, (command) =>
    command.replaceAll(processWord, (word) => processWords[word]?.(pids) ?? 'PID'),
  );
}

function wordsBefore(words: readonly string[]): string {
  return words.map((word) => `${shellWord(word)} `).join('');
}
