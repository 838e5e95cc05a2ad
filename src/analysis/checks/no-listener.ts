import { endText } from '../../model/address/text.ts';
import { type Service, type ServiceStatus, unitText } from '../../model/report/service.ts';
import { shellWord } from '../../model/shell-word.ts';
import { counted } from '../../text/counted.ts';
import { check, type Draft, type Evidence } from './check.ts';
import { ownersText } from './socket-sets.ts';
import { unknownForward, unservedForwards } from './unserved-forwards.ts';

/** No process listens at the selected port, or the program has no socket. */
export const noListener = check({
  name: 'no-listener',
  summary: 'nobody listens on the selected port or where it leads, or the program has no sockets',
  details:
    'Runs if the filter selects one service: `--port 7071`, `--program NAME`. A port without a listener is critical; the finding names processes that hold the port without listening or listen in another network namespace, and units that, according to their files, would listen there. If rules of the firewall or a docker-proxy forward the port to a container, what counts is the server there: nobody who takes it, as with one on loopback or at another port, is critical, or a warning if something else listens at the port; if the servers there cannot be seen, it is a note. Rules of the container’s own network namespace are not known. A program without any socket is a warning. Does not apply to an address (`--remote`).',
  about: 'service',
  thresholds: {},
  needs: { protocols: [] },
  find({ service, onlyIn, platform }) {
    if (!service || service.asked.by === 'remote') return [];
    const { asked, status } = service;
    const unserved = unservedForwards(service);
    if (status === 'forwarded') return [...unserved, unknownForward(service)];
    if (answered.has(status)) return unserved;
    if (asked.by === 'program')
      return status === 'absent' ? [noProgram(asked.value, onlyIn, platform)] : [];
    return [noServer(service, onlyIn, platform)];
  },
});

/** Somebody listens, or what is wrong is told of where the port leads. */
const answered: ReadonlySet<ServiceStatus> = new Set(['listening', 'published', 'unserved']);

/** Commands that show whether a program of this name runs. */
const whatRuns: Readonly<Record<Evidence['platform'], (name: string) => string>> = {
  linux: (name) => `\`pgrep -fa ${patternWord(name)}\`, \`systemctl status ${operand(name)}\``,
  darwin: (name) => `\`pgrep -fl ${patternWord(name)}\`, \`launchctl list\``,
  win32: () => '`tasklist`, `sc query`',
};

/** A regular expression for pgrep that finds the name in command lines; names of processes have 15 characters at most. */
function patternWord(name: string): string {
  const literals = withoutOuter(name).split(/\*+/);
  return operand(literals.map((text) => text.replace(/[\\^$.[\]|()?+{}]/g, '\\$&')).join('.*'));
}

/** A word for a shell that is no option, even if it begins with a hyphen. */
function operand(text: string): string {
  return `${text.startsWith('-') ? '-- ' : ''}${shellWord(text)}`;
}

/** The pattern that finds the name within others; null: that is what was asked for. */
function widerPattern(name: string): string | null {
  const inner = withoutOuter(name);
  const wider = `*${inner}*`;
  return inner === '' || wider === name ? null : wider;
}

function withoutOuter(pattern: string): string {
  return pattern.replace(/^\*+|\*+$/g, '');
}

function noProgram(name: string, onlyIn: string | null, platform: Evidence['platform']): Draft {
  const wider = widerPattern(name);
  const also =
    wider === null ? '' : `; a part of the name also works: \`--program ${shellWord(wider)}\``;
  return {
    severity: 'warning',
    certainty: 'likely',
    title: `no program ${name} has a socket${onlyIn === null ? '' : ` of ${onlyIn}`}`,
    observations: [
      `No visible program of that name holds a ${onlyIn === null ? 'TCP or UDP socket' : `socket of ${onlyIn}`}.`,
    ],
    seen: {},
    sockets: [],
    why: 'A service without a socket is not running, or has not opened it yet.',
    remedy: `See whether it runs: ${whatRuns[platform](name)}${also}.`,
    command: wider === null ? null : ['-tuanp', '--program', wider],
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
        ? `port ${asked.value} is taken, but its holder does not listen`
        : `no listener at port ${asked.value}${onlyIn === null ? '' : ` (${onlyIn})`}${status === 'elsewhere' ? ' in this network namespace' : ''}`,
    observations: [
      ...(status === 'bound' || status === 'elsewhere'
        ? []
        : [nobodyText(elsewhere, platform), ...onlyText(onlyIn)]),
      ...bound.map(
        (socket) =>
          `${ownersText(socket) ?? 'An unknown process'} has ${endText(socket.local)} bound.`,
      ),
      ...others.map(
        (socket) =>
          `${ownersText(socket) ?? 'An unknown process'} listens at ${endText(socket.local)} in another network namespace, and no port of this one is forwarded there.`,
      ),
      ...(tries > 0 ? [`This machine tries ${counted(tries, 'connection')} to that port.`] : []),
      ...(units ?? []).map(unitText),
      ...(earlier?.listeners ?? []).map(
        (socket) =>
          `At ${earlier?.takenAt} ${ownersText(socket) ?? 'an unknown process'} listened at ${endText(socket.local)}.`,
      ),
    ],
    seen: { bound: bound.length, elsewhere: others.length, units: units?.length ?? null },
    sockets: [...bound, ...others],
    why: 'Connections to the port are refused.',
    remedy: remedyFor(service),
    command: null,
  };
}

function nobodyText(elsewhere: Service['elsewhere'], platform: Evidence['platform']): string {
  if (platform !== 'linux') return 'No server has it.';
  return elsewhere === null
    ? 'No server has it in this network namespace; others were not examined.'
    : 'No server has it in any visible network namespace.';
}

function onlyText(onlyIn: string | null): readonly string[] {
  return onlyIn === null ? [] : [`Only ${onlyIn} was searched; there may be another server.`];
}

function remedyFor({ status, units }: Service): string {
  const [unit] = units ?? [];
  const word = shellWord(unit?.unit ?? '');
  if (status === 'bound') {
    return 'The program called bind(2) but not listen(2): it is starting, or hangs; check its log.';
  }
  if (unit !== undefined) {
    return unit.isRunning
      ? `${unit.unit} is running: find out why it does not listen: \`journalctl -u ${word}\`.`
      : `Start it: \`systemctl start ${word}\`, and find out why it does not run: \`systemctl status ${word}\`.`;
  }
  if (status === 'elsewhere') {
    return 'Publish the port (`docker run -p`, `podman run -p`), or connect to an address of that namespace.';
  }
  return units === null
    ? 'Start the service, and check its log.'
    : 'Start the service, and check its log. No unit file of the machine mentions the port.';
}
