import type { Netns } from '../../../model/netns.ts';
import type { Socket } from '../../../model/socket.ts';
import type { Closing } from '../../../model/socket-event.ts';
import type { Closings, ClosingsQuery, WarningSink } from '../../source.ts';
import { failure } from '../netlink/diag-file.ts';
import { type Libc, loadLibc } from '../netlink/libc.ts';
import { closingParser, groupsOf, toldProtocols } from './closing-message.ts';
import { type Listening, startListening } from './listening.ts';

/** A network namespace that is listened in. */
export interface ListenPlace {
  /** What it is known by again in the next round. */
  readonly key: string;
  /** Written into what is heard there; null: nobody asked. */
  readonly netns: Netns | null;
  /** Opens what hears it: a descriptor; below zero: an errno, negated. */
  open(libc: Libc, groups: number, room: number): number;
}

/** The place that this process lives in. */
export function ownPlace(netns: Netns | null): ListenPlace {
  return {
    key: 'own',
    netns,
    open: (libc, groups, room) => libc.openDestroyed(groups, room),
  };
}

/** Places to listen in: those that are there now. `end` is called when they were opened. */
export type FindPlaces = () => Promise<{ readonly places: readonly ListenPlace[]; end(): void }>;

/** What the kernel may keep: some 6,000 closes. */
const defaultRoom = 8 * 1024 * 1024;

/** What is told with -v where rounds are all there is. */
export function roundsOnly(why: string): string {
  return `sockets are compared from round to round, and what lives between two rounds may not be seen: ${why}`;
}

/**
 * Listens in every place; as `Source.closings` has it. Where not one of them can be listened in, null.
 */
export async function linuxClosings(
  { protocols, families, room = defaultRoom }: ClosingsQuery,
  find: FindPlaces,
  warnings: WarningSink,
  libc: Libc | null = loadLibc(),
  start: (libc: Libc) => Promise<Listening> = startListening,
): Promise<Closings | null> {
  const told = toldProtocols.filter((one) => protocols.includes(one));
  const groups = groupsOf(told, families);
  if (groups === 0) {
    warnings.note?.(roundsOnly('the kernel tells of TCP and UDP alone'));
    return null;
  }
  if (libc === null) {
    warnings.note?.(roundsOnly("koffi's native part cannot be loaded"));
    return null;
  }
  const listening = await start(libc);
  if (!listening.isThread) {
    warnings.note?.(
      'closes are looked for every 20 ms: there is no thread that could wait for them',
    );
  }
  const places = listenedPlaces(listening, libc, (place) => place.open(libc, groups, room));
  const renew = async () => {
    const { places: found, end } = await find();
    try {
      places.renew(found);
    } finally {
      end();
    }
  };
  try {
    await renew();
  } catch (error) {
    listening.close();
    throw error;
  }
  if (!places.hasAny()) {
    listening.close();
    warnings.note?.(
      roundsOnly(`the kernel tells of no destroyed sockets here (${places.refusal()})`),
    );
    return null;
  }
  const parse = closingParser();
  return {
    tells: (socket) =>
      (told as readonly string[]).includes(socket.protocol) && places.has(placeOf(socket)),
    ready: listening.ready,
    take() {
      const closings: Closing[] = [];
      let overruns = 0;
      listening.take((number, time, heard) => {
        if (heard === null) {
          overruns++;
          return;
        }
        const closing = parse(heard, (index) => places.deviceName(number, index));
        const netns = places.netnsOf(number);
        if (closing === null || netns === undefined) return;
        if (netns !== null) (closing.socket as { netns?: Netns }).netns = netns;
        closings.push({ at: time, ...closing });
      });
      return { closings, overruns };
    },
    renew,
    close: listening.close,
  };
}

/** The places that are listened in, each with a number that what is heard there comes with. */
interface ListenedPlaces {
  /** Listens in these, and nowhere else any more. */
  renew(found: readonly ListenPlace[]): void;
  has(key: string): boolean;
  hasAny(): boolean;
  /** As `ListenPlace.netns` has it; undefined: not listened in any more. */
  netnsOf(number: number): Netns | null | undefined;
  /** The name of an interface there; its number where that is not told. */
  deviceName(number: number, index: number): string;
  /** Why the last of those that could not be listened in could not. */
  refusal(): string;
}

/** `open`: a place's descriptor; below zero: an errno, negated. */
function listenedPlaces(
  listening: Listening,
  libc: Pick<Libc, 'deviceName'>,
  open: (place: ListenPlace) => number,
): ListenedPlaces {
  const numbers = new Map<string, number>();
  const byNumber = new Map<number, Netns | null>();
  const descriptors = new Map<number, number>();
  let next = 0;
  let refusal = '';
  return {
    renew(found) {
      const keys = new Set(found.map(({ key }) => key));
      for (const [key, number] of numbers) {
        if (keys.has(key)) continue;
        numbers.delete(key);
        byNumber.delete(number);
        descriptors.delete(number);
        listening.remove(number);
      }
      for (const place of found) {
        const { key, netns } = place;
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

/** As `ListenPlace.key` has it. */
function placeOf({ netns }: Socket): string {
  return netns === undefined ? 'own' : keyOfPlace(netns);
}

/** What a namespace is known by: its number, which is not told of the own one to everybody. */
export function keyOfPlace({ own, inode }: Netns): string {
  return own ? 'own' : String(inode);
}
