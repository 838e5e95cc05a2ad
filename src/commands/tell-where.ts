import type { Host } from '../host.ts';
import type { Saved } from '../saved/parse-saved.ts';
import type { Source } from '../sources/source.ts';
import { shortened } from '../text/shortened.ts';
import { complain } from './complain.ts';

/**
 * Says where a file is of another platform, or another machine.
 * @param name this machine's; null: not known
 * @param otherwise what follows where platforms differ
 */
export function tellWhere(
  saved: Saved,
  name: string | null,
  { platform }: Pick<Source, 'platform'>,
  host: Host,
  otherwise = '',
): void {
  const then = saved.asked?.host ?? null;
  if (saved.platform !== platform) {
    complain(host, `warning: the file is of ${saved.platform}, this is ${platform}${otherwise}`);
  } else if (then !== null && name !== null && then !== name) {
    complain(host, `warning: the file is of the machine ${shortened(then)}, this is ${name}`);
  }
}
