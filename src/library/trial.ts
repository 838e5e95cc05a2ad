import { release } from 'node:os';
import { sleep } from './sleep.ts';

/** Whether this is a Linux that does not list TCP sockets that are only bound: 6.8 was the first that does. */
export function isOldKernel(): boolean {
  const [major = 0, minor = 0] = release().split('.').map(Number.parseFloat);
  return process.platform === 'linux' && (major < 6 || (major === 6 && minor < 8));
}

/** Codes of listen(2) and bind(2) for an address family that this machine does not have. */
const noFamily: readonly string[] = ['EAFNOSUPPORT', 'EADDRNOTAVAIL'];

/** The same, and EINVAL, which unknown zones end with: an address that this machine does not have. */
const noAddress: readonly string[] = [...noFamily, 'EINVAL'];

/**
 * Whether this machine has an address to listen on, or for UDP one to receive at, found by using it for a moment with
 * whichever port is free. No list of addresses has them all: routes and settings add some, such as all of 127.0.0.0/8.
 */
export async function isAddressHere(address: string, isUdp: boolean): Promise<boolean> {
  const code = await (isUdp ? boundCode(address) : listenedCode(0, address));
  return code === null || !noAddress.includes(code);
}

/**
 * Whether a TCP server is refused a port because it is in use, found by listening there for a moment. False if
 * listening fails for another reason, such as an address of another machine or a lack of permission: that says
 * nothing about the port. `::` is any address of both families.
 * @throws the reason of `signal`, once it is aborted
 */
export async function isRefused(
  port: number,
  address: string,
  signal?: AbortSignal,
  retries = usualRetries,
): Promise<boolean> {
  const code = await listenCode(port, address, signal, retries);
  // Without IPv6, any address is one of IPv4.
  if (address === '::' && code !== null && noFamily.includes(code)) {
    return (await listenCode(port, '0.0.0.0', signal, retries)) === 'EADDRINUSE';
  }
  return code === 'EADDRINUSE';
}

/** How often a port that is in use is tried again, and after how many milliseconds at most. */
const usualRetries = 3;
const longestPause = 20;

/** As `listenedCode`, but a port in use is tried again: another trial may have had it, which soon gives it back. */
async function listenCode(
  port: number,
  host: string,
  signal: AbortSignal | undefined,
  retries: number,
): Promise<string | null> {
  let code = await listenedCode(port, host);
  for (let again = 0; code === 'EADDRINUSE' && again < retries; again++) {
    // A random pause, so that two trials do not meet again.
    await sleep(Math.random() * longestPause, signal);
    code = await listenedCode(port, host);
  }
  return code;
}

/** The code of the error that listening ends with; null: none, and the port is given back. */
async function listenedCode(port: number, host: string): Promise<string | null> {
  const { createServer } = await import('node:net');
  return new Promise((resolve) => {
    const server = createServer((connection) => connection.destroy());
    server.once('error', ({ code = '' }: NodeJS.ErrnoException) => resolve(code));
    // In a cluster, a worker would otherwise be given the port that another worker listens on.
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(null)));
  });
}

/** The code of the error that binding a UDP socket ends with; null: none, and the socket is closed again. */
async function boundCode(address: string): Promise<string | null> {
  const { createSocket } = await import('node:dgram');
  return new Promise((resolve) => {
    const socket = createSocket(address.includes(':') ? 'udp6' : 'udp4');
    socket.once('error', ({ code = '' }: NodeJS.ErrnoException) => {
      socket.close();
      resolve(code);
    });
    socket.bind({ port: 0, address, exclusive: true }, () => socket.close(() => resolve(null)));
  });
}
