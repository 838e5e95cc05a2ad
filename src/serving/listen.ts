import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { NetstatError } from '../errors.ts';
import { bracketed } from '../model/address/text.ts';
import type { ListenAddress } from '../model/request/serving.ts';

/**
 * Makes a server listen.
 * @throws NetstatError if it cannot listen there
 */
export async function listen(server: Server, { address, port }: ListenAddress): Promise<void> {
  if (address !== null) return listenAt(server, address, port);
  try {
    // Both families; only IPv4 where the machine has no IPv6.
    await listenAt(server, '::', port);
  } catch (error) {
    const { code } = (error as NetstatError).cause as NodeJS.ErrnoException;
    if (code !== 'EAFNOSUPPORT' && code !== 'EADDRNOTAVAIL') throw error;
    await listenAt(server, '0.0.0.0', port);
  }
}

function listenAt(server: Server, address: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const refuse = (error: NodeJS.ErrnoException) => {
      server.off('listening', accept);
      reject(refusal(error, address, port));
    };
    const accept = () => {
      server.off('error', refuse);
      resolve();
    };
    server.once('error', refuse);
    server.once('listening', accept);
    server.listen({ host: address, port, exclusive: true });
  });
}

/** The error for an address that cannot be listened at: why, and what to do. */
function refusal(error: NodeJS.ErrnoException, address: string, port: number): NetstatError {
  const place = `${bracketed(address)}:${port}`;
  const { code = error.message } = error;
  const remedies: Readonly<Record<string, string>> = {
    EADDRINUSE: 'the port is in use',
    EACCES: 'permission denied: a port below 1024 requires root or CAP_NET_BIND_SERVICE',
    EADDRNOTAVAIL: 'this machine has no such address',
    EINVAL: 'a link-local address requires its interface: fe80::1%eth0',
    EAFNOSUPPORT: 'this machine does not support this address family',
  };
  const why = remedies[code] ?? `cannot listen: ${code}`;
  // `::1:9917` is an address, without a port.
  const isUnclear = address.includes(':') && (code === 'EADDRNOTAVAIL' || code === 'EINVAL');
  const hint = isUnclear ? '; with a port, an IPv6 address is written as [ADDRESS]:PORT' : '';
  return new NetstatError('unreadable', `--serve ${place}: ${why}${hint}`, {
    path: place,
    cause: error,
  });
}

/** The URL of a server that listens at `place`. */
export function urlOf({ address, port }: AddressInfo, place: ListenAddress): string {
  return `http://${bracketed(place.address ?? address)}:${port}`;
}
