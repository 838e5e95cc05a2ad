import { type Names, noNames } from '../model/report/names.ts';
import { allNumeric, type View } from '../model/request/view.ts';
import type { Socket } from '../model/socket/socket.ts';
import type { LazyResolver } from '../resolve/index.ts';

/** Names for what is on the screen; numbers until they are known. */
export interface VisibleNames {
  /** The names known so far. */
  readonly names: Names;
  /** Looks up the names that these rows need; `onLearnt` is called when more are known. */
  want(sockets: readonly Socket[], numeric: View['numeric']): void;
}

/** So many addresses are remembered as asked for, before asking for those on the screen again. */
const mostAsked = 10_000;

/**
 * Looks up names in the background, only for the sockets on the screen: no server could answer for a hundred
 * thousand addresses within a round.
 */
export function visibleNames(
  resolver: LazyResolver,
  onLearnt: () => void,
  most = mostAsked,
): VisibleNames {
  let known: Names = noNames;
  let numeric = allNumeric;
  const addresses = new Set<string>();
  const uids = new Set<number>();
  let isAsking = false;
  let isReady = false;

  async function ask(seen: ReadonlySet<string>, seenUids: ReadonlySet<number>): Promise<void> {
    isAsking = true;
    try {
      if (addresses.size > most) addresses.clear();
      for (const address of seen) addresses.add(address);
      for (const uid of seenUids) uids.add(uid);
      // All of those on the screen: the resolver may forget others.
      const wanted = { services: true, addresses: seen, uids: seenUids };
      known = await (await resolver()).names(wanted);
      isReady = true;
    } catch {
      // Numbers stay on the screen, and the next round asks again.
      return;
    } finally {
      isAsking = false;
    }
    onLearnt();
  }

  return {
    names: {
      host: (address) => (numeric.hosts ? undefined : known.host(address)),
      network: () => undefined,
      service: (port, protocol) => (numeric.ports ? undefined : known.service(port, protocol)),
      user: (uid) => (numeric.users ? undefined : known.user(uid)),
    },
    want(sockets, asked) {
      numeric = asked;
      if (isAsking || (numeric.hosts && numeric.ports && numeric.users)) return;
      const seen = new Set<string>();
      const seenUids = new Set<number>();
      for (const socket of sockets) {
        if (socket.protocol === 'unix') continue;
        if (!numeric.hosts) {
          for (const { address, cut } of [socket.local, socket.remote]) {
            if (!cut) seen.add(address);
          }
        }
        if (numeric.users) continue;
        const { uid, owners } = socket;
        for (const one of [uid, ...(owners ?? []).map((owner) => owner.uid ?? null)]) {
          if (one !== null) seenUids.add(one);
        }
      }
      const areAsked =
        [...seen].every((one) => addresses.has(one)) && [...seenUids].every((one) => uids.has(one));
      if (isReady && areAsked) return;
      void ask(seen, seenUids);
    },
  };
}
