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

/** The families of iptables-save(8) and ip6tables-save(8), in this order. */
const families = ['ip', 'ip6'] as const;

/** The time limit of each program, in milliseconds. */
const limit = 2000;

/**
 * The rules of this network namespace that redirect packets, from nft(8) and iptables-save(8), which need the right
 * to administer the network.
 */
export async function readFirewall(proc: Proc, run: RunProgram): Promise<Firewall> {
  const [nft, v4, v6] = await Promise.all([
    run('nft', ['-j', 'list', 'ruleset'], limit),
    run('iptables-save', ['-t', 'nat'], limit),
    run('ip6tables-save', ['-t', 'nat'], limit),
  ]);
  const nftables = nft === null ? null : parseNftables(nft.toString('utf8'));
  const iptables = [v4, v6].map((text) => text && parseIptables(text.toString('utf8')));
  const legacy = await Promise.all(
    (['ip_tables_names', 'ip6_tables_names'] as const).map(async (names, i) => {
      // On most systems iptables-save shows nftables' rules; the legacy tables have programs of their own.
      if (!usesLegacy(proc, names)) return null;
      const text = await run(
        `${i === 0 ? 'iptables' : 'ip6tables'}-legacy-save`,
        ['-t', 'nat'],
        limit,
      );
      return text === null ? ('unread' as const) : parseIptables(text.toString('utf8'));
    }),
  );
  const rulesets = [nftables, ...iptables, ...legacy].filter(
    (one) => one !== null && one !== 'unread',
  );
  const rules = rulesets.flatMap((one) => one.rules);
  const isMissed = families.some((family, i) => nftables?.ofIptables.has(family) && !iptables[i]);
  return { rules, doubt: doubtOf(nftables !== null, isMissed, legacy, rulesets) };
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
  missesIptables: boolean,
  legacy: readonly unknown[],
  rulesets: readonly { readonly isWhole: boolean }[],
): string | null {
  if (rulesets.length === 0)
    return "the firewall's rules could not be read (nft and iptables-save require root, are not installed, or failed)";
  if (!hasNft) return 'the rules of nftables could not be read (nft is not installed, or failed)';
  if (missesIptables) return 'the rules of iptables could not be read (iptables-save)';
  if (legacy.includes('unread'))
    return 'the legacy tables of iptables could not be read (iptables-legacy-save)';
  return rulesets.every(({ isWhole }) => isWhole)
    ? null
    : "some of the firewall's rules were not understood";
}
