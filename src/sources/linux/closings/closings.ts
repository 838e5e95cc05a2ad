import type { Netns } from '../../../model/machine/netns.ts';
import type { Closing } from '../../../model/report/socket-event.ts';
import type { Closings, ClosingsQuery, WarningSink } from '../../source.ts';
import { type Libc, loadLibc } from '../libc.ts';
import { failure } from '../netlink/diag-file.ts';
import { closingParser, groupsOf, reportedProtocols } from './closing-message.ts';
import {
  type ListenedPlaces,
  type ListenPlace,
  listenedPlaces,
  placeOf,
} from './listened-places.ts';
import { type Listening, startListening } from './listening.ts';

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
    take: () => takenFrom(listening, places, parse, warnings),
    renew,
    finish: listening.finish,
    close: listening.close,
  };
}

/** Takes all that was heard. A place that can no longer be read is given up, with a note. */
function takenFrom(
  listening: Listening,
  places: ListenedPlaces,
  parse: ReturnType<typeof closingParser>,
  warnings: WarningSink,
): ReturnType<Closings['take']> {
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
}
