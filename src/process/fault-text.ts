import { sanitize } from '../text/sanitize.ts';

/** The message for an unexpected error, which is a fault of this program. `isDebugging`: with its stack. */
export function faultText(error: unknown, isDebugging: boolean): string {
  const what = sanitize(String(error));
  if (isDebugging) return [`internal error: ${what}`, ...framesOf(error)].join('\n');
  // The program's own parts are files too, so EMFILE can prevent loading them.
  if ((error as NodeJS.ErrnoException | null)?.code === 'EMFILE') {
    return `${what.replace(/^Error: /, '')}; raise the limit of open files (ulimit -n)`;
  }
  return `internal error: ${what}; please report it, with what the same command says with --debug`;
}

/** The frames of an error's stack. The message, which comes first, may look like one. */
export function framesOf(error: unknown): readonly string[] {
  if (!(error instanceof Error)) return [];
  const { stack = '', message } = error;
  const at = stack.indexOf(message);
  return stack
    .slice(at < 0 ? 0 : at + message.length)
    .split('\n')
    .filter((line) => /^ +at /.test(line))
    .map(sanitize);
}
