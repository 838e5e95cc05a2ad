import { bracketed } from '../../model/address/text.ts';
import { protocolFlag, protocolLetters } from '../../model/protocol.ts';
import type { Listing } from '../../model/request/listing.ts';
import { filterFlags } from '../../model/request/query.ts';
import { shellWord } from '../../model/shell-word.ts';
import { isListening } from '../../model/socket/classify.ts';
import type { Socket } from '../../model/socket/socket.ts';
import { sanitize } from '../../text/sanitize.ts';

/** The listing in the words of the command line: sanitized, on one line. */
export function headText({ query, view, target }: Listing): string {
  const { filters, protocols, families, which, boundInactive, sort } = query;
  const letters = query.protocolsNamed ? protocols.map((one) => protocolLetters[one]).join('') : '';
  const ofAll = query.protocolsNamed ? '' : 'all protocols';
  const inet = families.length === 1 ? (families[0] === 'inet' ? '4' : '6') : '';
  const whichLetter = { connected: '', listening: 'l', all: 'a' }[which];
  const flags = `${letters}${inet}${whichLetter}`;
  const values = filterFlags.flatMap((name) => filters[name].map((value) => `--${name} ${value}`));
  const netns =
    target.netns === 'own'
      ? ''
      : target.netns === 'all'
        ? 'all netns'
        : `netns ${target.netns.name}`;
  return [
    ofAll,
    flags === '' ? '' : `-${flags}`,
    boundInactive ? '--bound-inactive' : '',
    filters.exposed ? '--exposed' : '',
    ...values,
    filters.expression.join(' '),
    view.numeric.hosts ? '' : 'names',
    netns,
    target.procRoot === null ? '' : `in ${target.procRoot}`,
    machinesText(target.machines?.names ?? []),
    sort.length > 0 ? `sort ${sort.join(',')}` : '',
  ]
    .filter((part) => part !== '')
    .map(sanitize)
    .join('  ');
}

/** The most machines that are named. */
const mostNamed = 3;

function machinesText(names: readonly string[]): string {
  if (names.length === 0) return '';
  const rest = names.length - mostNamed;
  const named = names.slice(0, mostNamed).join(',');
  return rest > 0 ? `on ${named} and ${rest} more` : `on ${named}`;
}

/** An expression that matches one socket of its protocol; null: there is none. */
export function conditionOf(socket: Socket): string | null {
  if (socket.protocol === 'unix') return socket.inode ? `inode = ${socket.inode}` : null;
  const { local, remote } = socket;
  const isPlain = ({ cut }: typeof local) => cut !== true;
  if (!isPlain(local) || !isPlain(remote)) return null;
  const end = ({ address, zone, port }: typeof local) => {
    const host = zone === null ? address : `${address}%${zone}`;
    return `${bracketed(host)}${port === 0 ? '' : `:${port}`}`;
  };
  const near = `src = ${end(local)}`;
  return remote.port === 0 ? near : `${near} and dst = ${end(remote)}`;
}

/** Whether listings leave it out even with both servers and connections. */
export function isBound({ state }: Socket): boolean {
  return state === 'BOUND';
}

/** The command line that shows one socket; null: there is none. */
export function rowCommand(socket: Socket, { view, target }: Listing): string | null {
  const condition = conditionOf(socket);
  if (condition === null) return null;
  // A server's connections have its local address too.
  const which = socket.protocol !== 'unix' && isListening(socket) ? 'l' : 'a';
  const words = [`${protocolFlag(socket.protocol)}${which}np`];
  if (isBound(socket)) words.push('--bound-inactive');
  if (socket.host !== undefined) words.push('--on', socket.host);
  if (target.procRoot !== null) words.push('--proc-root', target.procRoot);
  words.push(...netnsWords(socket, target));
  if (view.workloads) words.push('--workloads');
  return ['tsnetstat', ...words, condition].map(shellWord).join(' ');
}

/** The flag that asks for a socket's own network namespace; for one without a name, for all. */
function netnsWords({ netns }: Socket, target: Listing['target']): readonly string[] {
  if (target.netns === 'own') return [];
  if (target.netns !== 'all') return ['--netns', target.netns.name];
  if (netns?.own === true) return [];
  return netns?.name == null ? ['--all-netns'] : ['--netns', netns.name];
}
