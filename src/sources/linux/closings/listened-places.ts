import type { Netns } from '../../../model/machine/netns.ts';
import type { Socket } from '../../../model/socket/socket.ts';
import type { Libc } from '../libc.ts';
import { failure } from '../netlink/diag-file.ts';
import type { Listening } from './listening.ts';

/** A network namespace in which messages are received. */
export interface ListenPlace {
  /** Identifies it in the next round. */
  readonly key: string;
  /** Written into the sockets from there; null: not asked for. */
  readonly netns: Netns | null;
  /** Opens its socket: a descriptor; negative: an errno, negated. */
  open(libc: Libc, groups: number, room: number): number;
}

/** The network namespace of this process. */
export function ownPlace(netns: Netns | null): ListenPlace {
  return {
    key: 'own',
    netns,
    open: (libc, groups, room) => libc.openDestroyed(groups, room),
  };
}

/** The open places, each with a number that comes with its messages. */
export interface ListenedPlaces {
  /** Opens these places, and closes all others. */
  renew(found: readonly ListenPlace[]): void;
  /** Closes a place that cannot be read, and does not open it again; false: it is closed already. */
  giveUp(number: number): boolean;
  has(key: string): boolean;
  hasAny(): boolean;
  /** As `ListenPlace.netns`; undefined: closed meanwhile. */
  netnsOf(number: number): Netns | null | undefined;
  /** The name of an interface there; its number if the name is not known. */
  deviceName(number: number, index: number): string;
  /** Why the last place that could not be opened failed. */
  refusal(): string;
}

/** None yet. `open`: opens a place's descriptor; negative: an errno, negated. */
export function listenedPlaces(
  listening: Listening,
  libc: Pick<Libc, 'deviceName'>,
  open: (place: ListenPlace) => number,
): ListenedPlaces {
  const numbers = new Map<string, number>();
  const byNumber = new Map<number, Netns | null>();
  const descriptors = new Map<number, number>();
  const givenUp = new Set<string>();
  let next = 0;
  let refusal = '';
  function close(key: string, number: number): void {
    numbers.delete(key);
    byNumber.delete(number);
    descriptors.delete(number);
    listening.remove(number);
  }
  return {
    renew(found) {
      const keys = new Set(found.map(({ key }) => key));
      for (const [key, number] of numbers) if (!keys.has(key)) close(key, number);
      for (const place of found) {
        const { key, netns } = place;
        if (givenUp.has(key)) continue;
        const known = numbers.get(key);
        if (known !== undefined) {
          byNumber.set(known, netns);
          continue;
        }
        const descriptor = open(place);
        if (descriptor < 0) {
          refusal = failure(descriptor).code;
          continue;
        }
        const number = next++;
        numbers.set(key, number);
        byNumber.set(number, netns);
        descriptors.set(number, descriptor);
        listening.add({ descriptor, number });
      }
    },
    giveUp(number) {
      const key = [...numbers.keys()].find((one) => numbers.get(one) === number);
      if (key === undefined) return false;
      givenUp.add(key);
      close(key, number);
      return true;
    },
    has: (key) => numbers.has(key),
    hasAny: () => numbers.size > 0,
    netnsOf: (number) => byNumber.get(number),
    deviceName(number, index) {
      const descriptor = descriptors.get(number);
      const name = descriptor === undefined ? null : libc.deviceName(descriptor, index);
      return name ?? String(index);
    },
    refusal: () => refusal,
  };
}

/** The key of the place that a socket is in. */
export function placeOf({ netns }: Socket): string {
  return netns === undefined ? 'own' : keyOfPlace(netns);
}

/** The key of a namespace: its number, except for the own one, whose number not everybody may read. */
export function keyOfPlace({ own, inode }: Netns): string {
  return own ? 'own' : String(inode);
}
