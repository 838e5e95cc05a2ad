import type { Proc } from '../proc/proc.ts';
import { parseIptables } from './iptables.ts';
import { parseNftables } from './nftables.ts';
import type { PortRule } from './port-rule.ts';

/** Runs a program; null: it is missing, failed, or exceeded the limit in milliseconds. */
export type RunProgram = (
  program: string,
  args: readonly string[],
  limit: number,
) => Promise<Buffer | null>;

/** The known rules that redirect packets. */
export interface Firewall {
  readonly rules: readonly PortRule[];
  /** Why there may be further rules; null: these are all. */
  readonly doubt: string | null;
}

/** The families of iptables, its program, the one for its legacy tables, and the file of their names. */
const families = [
  ['ip', 'iptables-save', 'iptables-legacy-save', 'ip_tables_names'],
  ['ip6', 'ip6tables-save', 'ip6tables-legacy-save', 'ip6_tables_names'],
] as const;

/** The time limit of each program, in milliseconds. */
const limit = 2000;

/**
 * The rules of this network namespace that redirect packets, from nft(8) and iptables-save(8), which need the right
 * to administer the network. Starting a program takes Node some 15 ms, so iptables-save is run only if there are rules for it.
 */
export async function readFirewall(proc: Proc, run: RunProgram): Promise<Firewall> {
  const nft = await run('nft', ['-j', 'list', 'ruleset'], limit);
  const nftables = nft === null ? null : parseNftables(nft.toString('utf8'));
  const saved = async (program: string) => {
    const text = await run(program, ['-t', 'nat'], limit);
    return text === null ? null : parseIptables(text.toString('utf8'));
  };
  const tables = await Promise.all(
    families.map(async ([family, program, legacyProgram, names]) => {
      const isLegacy = usesLegacy(proc, names);
      const mayHaveRules = nftables === null || nftables.iptablesNat.has(family) || isLegacy;
      // On most systems iptables-save shows nftables' rules; the legacy tables have programs of their own.
      const [rules, legacy] = await Promise.all([
        mayHaveRules ? saved(program) : null,
        isLegacy ? saved(legacyProgram) : null,
      ]);
      return {
        rules,
        legacy,
        isMissed: nftables?.ofIptables.has(family) === true && rules === null,
        isLegacyMissed: isLegacy && legacy === null,
      };
    }),
  );
  const rulesets = [nftables, ...tables.flatMap(({ rules, legacy }) => [rules, legacy])].filter(
    (one) => one !== null,
  );
  const rules = rulesets.flatMap((one) => one.rules);
  return { rules, doubt: doubtOf(nftables !== null, tables, rulesets) };
}

/** Whether there is a legacy `nat` table: only root may read their names. */
function usesLegacy(proc: Proc, names: string): boolean {
  try {
    return proc.readFile(`net/${names}`).toString('latin1').split('\n').includes('nat');
  } catch {
    return false;
  }
}

function doubtOf(
  hasNft: boolean,
  tables: readonly { readonly isMissed: boolean; readonly isLegacyMissed: boolean }[],
  rulesets: readonly { readonly isWhole: boolean }[],
): string | null {
  if (rulesets.length === 0)
    return "the firewall's rules could not be read (nft and iptables-save require root, are not installed, or failed)";
  if (!hasNft) return 'the rules of nftables could not be read (nft is not installed, or failed)';
  if (tables.some(({ isMissed }) => isMissed))
    return 'the rules of iptables could not be read (iptables-save)';
  if (tables.some(({ isLegacyMissed }) => isLegacyMissed))
    return 'the legacy tables of iptables could not be read (iptables-legacy-save)';
  return rulesets.every(({ isWhole }) => isWhole)
    ? null
    : "some of the firewall's rules were not understood";
}
