import type { Host } from '../host.ts';
import { sanitize } from '../text/sanitize.ts';
import { shortened } from '../text/shortened.ts';

/** The most characters of a line: longer than any list of names in a message, but not what others may quote in it. */
const longestLine = 4096;

/** The only way to write to standard error; each text becomes one line, whatever it quotes. */
export function complain(
  host: Pick<Host, 'stderr'>,
  message: string,
  excerpt: readonly string[] = [],
): void {
  const lines = [`tsnetstat: ${message}`, ...excerpt].map((line) =>
    sanitize(shortened(line, longestLine)),
  );
  host.stderr.write(`${lines.join('\n')}\n`);
}
