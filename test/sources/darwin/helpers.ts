import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { NetstatError } from '../../../src/errors.ts';
import { inetSocketParser } from '../../../src/sources/darwin/inet-sockets.ts';
import type { RunCommand } from '../../../src/sources/darwin/run-command.ts';
import type { LineParser, Parsed } from '../../../src/sources/darwin/text.ts';
import { unixSocketParser } from '../../../src/sources/darwin/unix-sockets.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const fixtures = `${root}fixtures/darwin/`;

/** The releases there is made-up output for, one folder each. */
export const releases = readdirSync(fixtures).filter((name) => /^\d/.test(name));

export function fixture(folder: string, file: string): string {
  return readFileSync(`${fixtures}${folder}/${file}`, 'utf8');
}

/** Which fixture answers which command. */
export const answers: Readonly<Record<string, string>> = {
  'netstat -anvl -p tcp': 'tcp.txt',
  'netstat -anvl -p udp': 'udp.txt',
  'netstat -anv -f unix': 'unix.txt',
  'netstat -rnl -f inet': 'routes-inet.txt',
  'netstat -rnl -f inet6': 'routes-inet6.txt',
  'netstat -ibdnl': 'interfaces.txt',
  'netstat -gn': 'groups.txt',
  'ps -axww -o pid= -o comm=': 'ps-comm.txt',
  'ps -axww -o pid= -o command=': 'ps-command.txt',
};

function rowsOf<Row>(parser: LineParser<Row>, text: string): Parsed<Row> {
  const rows = text.split('\n').flatMap((line) => parser.row(line) ?? []);
  return { rows, warnings: parser.warnings() };
}

/** What the parsers of sockets make of a whole text. */
export const parseInetSockets = (
  text: string,
  source: string,
  asked: { tcpInfo?: boolean; owners?: boolean } = {},
) => rowsOf(inetSocketParser(source, asked), text);
export const parseUnixSockets = (text: string, source: string, asked = { unixQueues: false }) =>
  rowsOf(unixSocketParser(source, asked), text);

/** A text as a command's output, in pieces that end anywhere in a line, and in a character. */
export async function* inPieces(text: string, size = 1001): AsyncGenerator<Buffer, void> {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

/** A machine of one release; `ran` lists the commands it was asked for. */
export function machine(release: string, changes: Readonly<Record<string, string | Error>> = {}) {
  const ran: string[] = [];
  const run: RunCommand = async function* (command, args) {
    const line = [command, ...args].join(' ');
    ran.push(line);
    const change = changes[line];
    if (change instanceof Error) throw change;

    const file = answers[line];
    if (file === undefined) throw new NetstatError('unreadable', `${line}: not expected`);
    yield* inPieces(change ?? fixture(release, file));
  };
  return { run, ran };
}

export const host = { platform: 'darwin', env: {}, procRoot: null } as const;
