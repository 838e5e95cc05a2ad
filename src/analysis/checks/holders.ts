/** Who holds connections, and what they are grouped by where that is not known. */
import { endText } from '../../model/address-text.ts';
import type { InetSocket } from '../../model/socket.ts';
import { processText } from './words.ts';

/** The end of connections by which they belong together. */
interface ServiceEnd {
  /** `local port 80`, `192.0.2.1:443`. */
  readonly text: string;
  /** Whether the service is here, and its clients are elsewhere. */
  readonly isHere: boolean;
  /** An expression that selects its connections. */
  readonly condition: readonly string[];
}

/** The service's end: it has the lower port; the other port changes with each connection. */
export function serviceEnd({ local, remote }: InetSocket): ServiceEnd {
  if (local.port < remote.port) {
    const condition = ['sport', '=', `:${local.port}`];
    return { text: `local port ${local.port}`, isHere: true, condition };
  }
  const end = endText(remote);
  return { text: end, isHere: false, condition: ['dst', '=', end] };
}

/** The process that holds a connection, or what stands for it. */
interface Holder {
  readonly key: string;
  /** For people: `nginx (PID 812)`, `the program at port 80`. */
  readonly name: string;
  /** null: not known, or there is none. */
  readonly pid: number | null;
  /** An expression that selects its connections. */
  readonly condition: readonly string[];
}

/**
 * Who holds a connection. Where owners cannot be seen, all connections with one end of a service have one holder;
 * so have those that only the kernel still has, which have no inode.
 */
export function holderOf(socket: InetSocket): Holder {
  const owner = socket.owners?.[0];
  if (owner !== undefined) {
    const condition = ['pid', '=', String(owner.pid)];
    return { key: `pid ${owner.pid}`, name: processText(owner), pid: owner.pid, condition };
  }
  const { text, isHere, condition } = serviceEnd(socket);
  const [who, to] =
    socket.inode === null ? ['closed connections', 'with'] : ['the program', 'connected to'];
  const name = isHere ? `${who} at port ${socket.local.port}` : `${who} ${to} ${text}`;
  return { key: name, name, pid: null, condition };
}
