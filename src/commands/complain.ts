import type { Host } from '../host.ts';
import { sanitize } from '../text/sanitize.ts';

/** The only way to write to standard error; each text becomes one line, whatever it quotes. */
export function complain(
  host: Pick<Host, 'stderr'>,
  message: string,
  excerpt: readonly string[] = [],
): void {
  const lines = [`tsnetstat: ${message}`, ...excerpt].map(sanitize);
  host.stderr.write(`${lines.join('\n')}\n`);
}
