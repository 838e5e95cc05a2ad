import { expect } from 'vitest';
import { exposedServices } from '../../../src/analysis/checks/exposed-services.ts';
import { snake } from '../../../src/analysis/metrics/counters.ts';
import { found } from '../../analysis/checks/support.ts';
import { inet, owner } from '../../support/builders.ts';
import { textTarget } from '../target.ts';

/** The findings about a server whose process has this command line. */
function saidOf(commandLine: string) {
  const owners = [owner(7, 'x', { commandLine })];
  return found(exposedServices, { sockets: [inet('0.0.0.0:4711', '0.0.0.0:0', { owners })] });
}

const riskyCommands = textTarget({
  name: 'risky-commands',
  covers: ['exposedServices'],
  seeds: [
    'podman system service --time=0 tcp:0.0.0.0:4711',
    'java -agentlib:jdwp=transport=dt_socket,server=y,address=*:4711 -jar a.jar',
    'python3 -m debugpy --listen 0.0.0.0:4711 a.py',
    'node --inspect=0.0.0.0:4711 app.js',
  ],
  alphabet: 'text',
  // Beginnings of what the regular expressions match.
  pieces: [
    '-agentlib:jdwp=address=',
    ' -agentlib:jdwp=address=:,',
    'debugpy --port ',
    '/podman',
    'system service tcp:',
    ' tcp:0:',
    ' --inspect=:',
  ],
  read: saidOf,
  check: (_, findings) => {
    expect(findings.length).toBeLessThanOrEqual(1);
  },
});

const counterNames = textTarget({
  name: 'counter-names',
  covers: ['snake'],
  seeds: ['TCPACK', 'ListenOverflows', 'MPJoinSynAckHMacFailure'],
  alphabet: 'text',
  read: snake,
  check: (_, name) => {
    expect(name).toMatch(/^[a-z0-9_]*$/);
  },
});

/** Analyses of texts that others choose. */
export const analysisTargets = [riskyCommands, counterNames] as const;
