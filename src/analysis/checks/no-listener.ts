import { type Service, unitText } from '../../model/service.ts';
import { shellWord } from '../../model/shell-word.ts';
import { check, type Draft, type Evidence } from './check.ts';
import { counting, endText, holderText } from './words.ts';

/** Nobody listens at the port that was asked about, or the program has no socket. */
export const noListener = check({
  name: 'no-listener',
  summary: 'nobody listens at the port that was asked about, or the program has no sockets',
  details:
    'Runs where one service is asked about: `--port 7071`, `--program NAME`. Nobody listens at the port is critical, whoever has it without listening, or listens in another network namespace only, told with it, and with the units that would listen there by their files. Silent where a port of the host leads to a container that listens. A program without any socket is a warning. Of an address (`--remote`) it says nothing: who listens there, that machine knows.',
  about: 'service',
  thresholds: {},
  needs: { protocols: [] },
  find({ service, onlyIn, platform }) {
    if (!service || service.asked.by === 'remote') return [];
    const { asked, status } = service;
    if (status === 'listening' || status === 'published') return [];
    if (asked.by === 'program')
      return status === 'absent' ? [noProgram(asked.value, onlyIn, platform)] : [];
    return [noServer(service, onlyIn, platform)];
  },
});

/** What tells whether a program of this name runs, `word` being that for a shell. */
const whatRuns: Readonly<Record<Evidence['platform'], (word: string) => string>> = {
  linux: (word) => `\`pgrep -a ${word}\`, \`systemctl status ${word}\``,
  darwin: (word) => `\`pgrep -fl ${word}\`, \`launchctl list\``,
  win32: () => '`tasklist`, `sc query`',
};

function noProgram(name: string, onlyIn: string | null, platform: Evidence['platform']): Draft {
  const word = shellWord(name);
  return {
    severity: 'warning',
    certainty: 'likely',
    title: `no program ${name} has a socket${onlyIn === null ? '' : ` of ${onlyIn}`}`,
    observations: [
      `Nobody of that name holds a ${onlyIn === null ? 'TCP or UDP socket' : `socket of ${onlyIn}`}, as far as programs may be seen.`,
    ],
    seen: {},
    sockets: [],
    why: 'A service that has no socket does not run, or has not come so far.',
    remedy: `See whether it runs: ${whatRuns[platform](word)}; names with \`*\` fit too: \`--program ${shellWord(`*${name}*`)}\`.`,
    command: ['-tuanp', '--program', `*${name}*`],
  };
}

function noServer(service: Service, onlyIn: string | null, platform: Evidence['platform']): Draft {
  const { asked, status, bound, elsewhere, outgoing, units, earlier } = service;
  const others = elsewhere ?? [];
  const tries = outgoing?.states.SYN_SENT ?? 0;
  return {
    severity: 'critical',
    certainty: 'sure',
    title:
      status === 'bound'
        ? `port ${asked.value} is taken, and whoever has it does not listen`
        : `nobody listens at port ${asked.value}${onlyIn === null ? '' : ` (${onlyIn})`}${status === 'elsewhere' ? ' in this network namespace' : ''}`,
    observations: [
      ...(status === 'bound' || status === 'elsewhere'
        ? []
        : [nobodyText(elsewhere, platform), ...onlyText(onlyIn)]),
      ...bound.map(
        (socket) => `${holderText(socket) ?? 'Somebody'} has ${endText(socket.local)} bound.`,
      ),
      ...others.map(
        (socket) =>
          `${holderText(socket) ?? 'Somebody'} listens at ${endText(socket.local)} in another network namespace, and no port of this one leads there.`,
      ),
      ...(tries > 0 ? [`This machine tries ${counting(tries, 'connection')} to that port.`] : []),
      ...(units ?? []).map(unitText),
      ...(earlier?.listeners ?? []).map(
        (socket) =>
          `At ${earlier?.takenAt} ${holderText(socket) ?? 'somebody'} listened at ${endText(socket.local)}.`,
      ),
    ],
    seen: { bound: bound.length, elsewhere: others.length, units: units?.length ?? null },
    sockets: [...bound, ...others],
    why: 'Whoever connects to the port is refused.',
    remedy: remedyFor(service),
    command: null,
  };
}

function nobodyText(elsewhere: Service['elsewhere'], platform: Evidence['platform']): string {
  if (platform !== 'linux') return 'No server has it.';
  return elsewhere === null
    ? 'No server has it in this network namespace; others were not looked at.'
    : 'No server has it in any network namespace that can be seen.';
}

function onlyText(onlyIn: string | null): readonly string[] {
  return onlyIn === null ? [] : [`Looked for was ${onlyIn} alone; another server may be there.`];
}

function remedyFor({ status, units }: Service): string {
  const [unit] = units ?? [];
  const word = shellWord(unit?.unit ?? '');
  if (status === 'bound') {
    return 'The program called bind(2) and not listen(2): it is starting, or hangs; look at its log.';
  }
  if (unit !== undefined) {
    return unit.isRunning
      ? `${unit.unit} runs: see why it does not listen: \`journalctl -u ${word}\`.`
      : `Start it: \`systemctl start ${word}\`, and see why it does not run: \`systemctl status ${word}\`.`;
  }
  if (status === 'elsewhere') {
    return 'Publish the port (`docker run -p`, `podman run -p`), or connect to an address of that namespace.';
  }
  return units === null
    ? 'Start the service, and see its log.'
    : 'Start the service, and see its log. No unit of the machine names the port in its files.';
}
