import { attributeNamed } from '../attributes/index.ts';
import type { Need } from '../model/request/needs.ts';

/** The needs that packed rows satisfy; UNIX sockets never come packed. */
const packedNeeds: ReadonlySet<Need> = new Set([
  ...(['owners', 'ownerDetails', 'timers', 'unixQueues', 'peers', 'workloads', 'rates'] as const),
]);
/** Those that they satisfy only with all facts of a socket (`PackedFacts.whole`). */
const furtherNeeds: ReadonlySet<Need> = new Set(['tcpInfo', 'socketInfo'] as const);
/** Those of TCP's internals that they always have. */
const infoKeys: ReadonlySet<string> = new Set(['rtt', 'retrans', 'cwnd', 'sent', 'received']);

/** Whether packed rows have all that sorting by these attributes needs. `whole`: as in `PackedFacts`. */
export function areSortedPacked(names: readonly string[], whole: boolean): boolean {
  return names.every((name) => {
    const { key = '', sortNeeds = [] } = attributeNamed('sockets', name) ?? {};
    return sortNeeds.every(
      (need) => packedNeeds.has(need) || (furtherNeeds.has(need) && (whole || infoKeys.has(key))),
    );
  });
}

/** Whether these attributes need more of TCP's internals than packed rows always have. */
export function needWholeInfo(names: readonly string[]): boolean {
  return names.some((name) => {
    const { key = '', needs = [] } = attributeNamed('sockets', name) ?? {};
    return needs.includes('tcpInfo') && !infoKeys.has(key);
  });
}
