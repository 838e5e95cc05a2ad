import type { Host } from '../host.ts';
import { platformTitles } from '../model/report/facts.ts';
import type { Saved } from '../saved/parse-saved.ts';
import type { Source } from '../sources/source.ts';
import { shortened } from '../text/shortened.ts';
import { complain } from './complain.ts';

/**
 * Warns if a file is from another platform, or another machine.
 * @param name this machine's name; null: not known
 * @param otherwise appended if the platforms differ
 */
export function warnOfOrigin(
  saved: Saved,
  name: string | null,
  { platform }: Pick<Source, 'platform'>,
  host: Host,
  otherwise = '',
): void {
  const then = saved.asked?.host ?? null;
  if (saved.platform !== platform) {
    const [its, own] = [platformTitles[saved.platform], platformTitles[platform]];
    complain(host, `warning: the file is from ${its}, this is ${own}${otherwise}`);
  } else if (then !== null && name !== null && then !== name) {
    complain(host, `warning: the file is from the machine ${shortened(then)}, this is ${name}`);
  }
}
