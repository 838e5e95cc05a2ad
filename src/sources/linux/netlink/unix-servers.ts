import { tableOf } from '../../../model/report/warned-tables.ts';
import { type UnixSocket, unixFlag } from '../../../model/socket/socket.ts';
import { aboutTables } from '../../about-tables.ts';
import { unixFile } from '../proc-files.ts';
import type { Table, TableReader } from '../sockets/table.ts';
import { unixPath, unixTypeOf } from '../sockets/unix-row.ts';
import { interruptedDump } from '../warnings.ts';
import { attributeValue } from './attributes.ts';
import { NetlinkError } from './diag-file.ts';
import { dumpOfRows } from './row-dump.ts';
import { headerSize, listenState } from './sock-diag.ts';
import {
  leastUnixMessage,
  unixAttribute,
  unixInodeIn,
  unixMessageSize,
  unixRequest,
  unixShow,
  unixSource,
} from './unix-diag.ts';
import { parseUnixInfo } from './unix-info.ts';

/** Asks the kernel for the UNIX sockets that listen: it leaves out the others itself. */
const kernelsServers: TableReader = {
  source: () => unixSource,
  open(proc, { socketInfo, warnings }) {
    const ask = proc.sockDiag?.(unixFile, true) ?? null;
    if (ask === null) throw new NetlinkError('ENOTSUP');
    const { name, queues, memory } = unixShow;
    const request = unixRequest(name | queues | (socketInfo ? memory : 0), listenState);
    const reading = { isBig: false, least: leastUnixMessage, parse: parseUnixServer };
    const { batches, wasInterrupted } = dumpOfRows(ask, request, reading);
    warnings.note?.('unix: servers read by sock_diag');
    return noticingGaps();

    function* noticingGaps() {
      yield* batches;
      if (!wasInterrupted()) return;
      aboutTables(warnings, tableOf('unix', 'unix')).warn(interruptedDump(unixSource));
    }
  },
};

/** Where the kernel does not answer, the file is not read: it has no queues. */
const noServers: TableReader = {
  source: ({ root }) => `${root}/${unixFile}`,
  open: () => [],
};

/** The UNIX sockets that listen, for a query of `unixServers`: rows lack the reference counts of the whole table. */
export const unixServersTable: Table = { family: 'unix', readers: [kernelsServers, noServers] };

/** Parses the message of a socket that listens, as `parseUnixInfo` does. */
function parseUnixServer(bytes: Buffer, at: number, end: number): UnixSocket {
  const message = at + headerSize;
  const inode = unixInodeIn(bytes, at);
  const name = attributeValue(bytes, message + unixMessageSize, end, unixAttribute.name);
  return {
    protocol: 'unix',
    family: 'unix',
    type: unixTypeOf(bytes[message + 1] as number),
    state: 'LISTENING',
    refCount: null,
    flags: unixFlag.accepts,
    path: name === null ? null : pathOf(name),
    inode: inode === 0 ? null : inode,
    owners: null,
    noOwner: null,
    ...parseUnixInfo(bytes, at, end),
  };
}

/** The name in `sun_path`, as the table shows it: `@` for each NUL byte of an abstract one. */
function pathOf(name: Buffer): string | null {
  const isAbstract = name[0] === 0;
  const shown = isAbstract ? Buffer.from(name.map((byte) => byte || atSign)) : name;
  return unixPath(shown, 0, shown.length);
}

const atSign = 64;
