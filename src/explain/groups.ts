import { filterGroups } from '../model/socket/state.ts';
import { listed } from '../text/counted.ts';

/** What ss's names for several states at once are for. */
const uses: Readonly<Record<keyof typeof filterGroups, string>> = {
  all: 'Sockets in any state, servers too.',
  connected: 'Connections in any state: the sockets with a peer, and those on the way to one.',
  synchronized: 'Connections that both sides know of, or did.',
  bucket: 'Connections of which the kernel keeps a small record only, without a socket.',
  big: 'What has a whole socket in the kernel.',
};

function membersText(group: keyof typeof filterGroups): string {
  const members = filterGroups[group];
  if ('only' in members) return `It stands for ${listed(members.only, 'and')}.`;
  if (members.without.length === 0) return 'It stands for every state.';
  return `It stands for every state but ${listed(members.without, 'and')}.`;
}

/** What ss's names for several states mean, which `--state` and expressions take: `synchronized`. */
export const groupMeanings: Readonly<Record<string, string>> = Object.fromEntries(
  (Object.keys(filterGroups) as (keyof typeof filterGroups)[]).map((group) => [
    group,
    `${uses[group]} ${membersText(group)}`,
  ]),
);
