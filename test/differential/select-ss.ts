import type { Socket } from '../../src/model/socket/socket.ts';
import type { Zoo } from './zoo.ts';

/** The socket tables that ss and tsnetstat both have, by the flag that both take. */
export const tables = { tcp: '-t', udp: '-u', raw: '-w', unix: '-x' } as const;
export type Table = keyof typeof tables;

/** A socket's ends, in one spelling for both programs; UNIX sockets go by their inode. */
export function keyOf(socket: Socket): string {
  if (socket.protocol === 'unix') return `unix ${socket.inode}`;
  const { protocol, local, remote } = socket;
  return `${protocol} ${local.address} ${local.port} > ${remote.address} ${remote.port}`;
}

/** `[fe80::1]%eth0:22`, `*:80`, `0.0.0.0:*`, as ss prints them. */
function end(text: string): string {
  const colon = text.lastIndexOf(':');
  const address = text
    .slice(0, colon)
    .replace(/%[^:\]]*$/, '')
    .replace(/^\[|\]$/g, '');
  const port = text.slice(colon + 1);
  return `${address === '*' ? '::' : address} ${port === '*' ? 0 : port}`;
}

function keyOfLine(table: Table, line: string): string {
  const words = line.trim().split(/\s+/);
  // A UNIX line ends in: local name, inode, `*`, the peer's inode.
  if (table === 'unix') return `unix ${words.at(-3)}`;
  const ends = words.slice(-2).map(end);
  return `${table} ${ends.join(' > ')}`;
}

export interface SsAnswer {
  /** Sorted; null where ss refuses the expression. */
  readonly keys: readonly string[] | null;
  readonly stderr: string;
}

/** Asks ss for the sockets of a table that fit an expression, given as words. */
export async function askSs(zoo: Zoo, table: Table, words: readonly string[]): Promise<SsAnswer> {
  const { stdout, stderr, code } = await zoo.run(['ss', '-HOna', tables[table], ...words]);
  if (code !== 0 || /error|wrong|syntax/i.test(stderr)) return { keys: null, stderr };
  const lines = stdout
    .toString('utf8')
    .split('\n')
    .filter((line) => line.trim() !== '');
  return { keys: [...new Set(lines.map((line) => keyOfLine(table, line)))].sort(), stderr };
}

/** The zoo's sockets as tsnetstat reads them. */
export async function readSockets(zoo: Zoo, table: Table): Promise<readonly Socket[]> {
  const { stdout, stderr, code } = await zoo.tsnetstat(['-na', tables[table], '--json']);
  if (code !== 0) throw new Error(stderr);
  const { sockets } = JSON.parse(stdout.toString('utf8')) as { sockets: readonly Socket[] };
  // ss leaves out what has no inode of its own among UNIX sockets: connections not yet accepted.
  return sockets.filter(({ protocol, inode }) => protocol !== 'unix' || inode !== null);
}
