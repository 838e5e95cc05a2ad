import type { Netns } from '../../../model/machine/netns.ts';
import type { Closing } from '../../../model/report/socket-event.ts';
import type { Socket } from '../../../model/socket/socket.ts';
import type { Closings, ClosingsQuery, WarningSink } from '../../source.ts';
import { type Libc, loadLibc } from '../libc.ts';
import { failure } from '../netlink/diag-file.ts';
import { closingParser, groupsOf, reportedProtocols } from './closing-message.ts';
import { type Listening, startListening } from './listening.ts';

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

/** Finds the current places. `end` is called once they are open. */
export type FindPlaces = () => Promise<{ readonly places: readonly ListenPlace[]; end(): void }>;

/** The size of the kernel's buffer, if the kernel allows it: some 6,000 closes. */
const bufferBytes = 8 * 1024 * 1024;

/** A note, shown with -v, where only rounds are available. */
export function roundsOnly(why: string): string {
  return `sockets are compared from round to round; those that live only between two rounds may be missed: ${why}`;
}

/** Receives messages in every place, as in `Source.closings`. null if none of them can be opened. */
export async function linuxClosings(
  { protocols, families }: ClosingsQuery,
  find: FindPlaces,
  warnings: WarningSink,
  libc: Libc | null = loadLibc(),
  start: (libc: Libc) => Promise<Listening> = startListening,
): Promise<Closings | null> {
  const reported = reportedProtocols.filter((one) => protocols.includes(one));
  const groups = groupsOf(reported, families);
  if (groups === 0) {
    warnings.note?.(roundsOnly('the kernel reports only TCP and UDP sockets'));
    return null;
  }
  if (libc === null) {
    warnings.note?.(roundsOnly("koffi's native part cannot be loaded"));
    return null;
  }
  const listening = await start(libc);
  if (!listening.isThread) {
    warnings.note?.(
      'closes are checked for every 20 ms, since no thread is available to wait for them',
    );
  }
  const places = listenedPlaces(listening, libc, (place) => place.open(libc, groups, bufferBytes));
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
      roundsOnly(`the kernel does not report destroyed sockets here (${places.refusal()})`),
    );
    return null;
  }
  const parse = closingParser();
  return {
    reportsClose: (socket) =>
      (reported as readonly string[]).includes(socket.protocol) && places.has(placeOf(socket)),
    ready: listening.ready,
    take() {
      const closings: Closing[] = [];
      let overruns = 0;
      listening.take((number, time, heard) => {
        if (heard === null) {
          overruns++;
          return;
        }
        if (typeof heard === 'number') {
          if (places.giveUp(number)) {
            const { code } = failure(heard);
            warnings.note?.(roundsOnly(`the kernel's reports can no longer be read (${code})`));
          }
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
    finish: listening.finish,
    close: listening.close,
  };
}

/** The open places, each with a number that comes with its messages. */
interface ListenedPlaces {
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

/** `open`: opens a place's descriptor; negative: an errno, negated. */
function listenedPlaces(
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

/** As `ListenPlace.key`. */
function placeOf({ netns }: Socket): string {
  return netns === undefined ? 'own' : keyOfPlace(netns);
}

/** The key of a namespace: its number, except for the own one, whose number not everybody may read. */
export function keyOfPlace({ own, inode }: Netns): string {
  return own ? 'own' : String(inode);
}
