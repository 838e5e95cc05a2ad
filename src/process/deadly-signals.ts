/**
 * Signals that end a program that does not catch them, other than those that request its end (SIGINT, SIGTERM, SIGHUP).
 * Windows has none of these; Node's own answer to SIGUSR1 is a debugger, and Bun's garbage collector may use it.
 */
export const deadlySignals: readonly NodeJS.Signals[] =
  process.platform === 'win32'
    ? []
    : [
        'SIGQUIT',
        ...(process.versions.bun === undefined ? (['SIGUSR1'] as const) : []),
        'SIGUSR2',
        'SIGALRM',
        'SIGVTALRM',
        'SIGXCPU',
      ];
