import { attributeNamed } from '../attributes/index.ts';
import type { Need } from '../model/needs.ts';

/** What packed rows tell; UNIX sockets never come so. */
const toldNeeds: ReadonlySet<Need> = new Set([
  ...(['owners', 'ownerDetails', 'timers', 'unixQueues', 'peers', 'workloads', 'rates'] as const),
]);
/** What they tell only where they have all that is told of a socket. */
const furtherNeeds: ReadonlySet<Need> = new Set(['tcpInfo', 'socketInfo'] as const);
/** Of TCP's internals they always have these. */
const infoKeys: ReadonlySet<string> = new Set(['rtt', 'retrans', 'cwnd', 'sent', 'received']);

/** Whether packed rows tell all that it takes to sort by attributes of these names. `whole`: as `PackedFacts` has it. */
export function areSortedPacked(names: readonly string[], whole: boolean): boolean {
  return names.every((name) => {
    const { key = '', sortNeeds = [] } = attributeNamed('sockets', name) ?? {};
    return sortNeeds.every(
      (need) => toldNeeds.has(need) || (furtherNeeds.has(need) && (whole || infoKeys.has(key))),
    );
  });
}

/** Whether attributes of these names tell more of TCP's internals than packed rows always have. */
export function needWholeInfo(names: readonly string[]): boolean {
  return names.some((name) => {
    const { key = '', needs = [] } = attributeNamed('sockets', name) ?? {};
    return needs.includes('tcpInfo') && !infoKeys.has(key);
  });
}
