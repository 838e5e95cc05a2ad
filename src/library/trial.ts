import { release } from 'node:os';
import { sleep } from './sleep.ts';

/** Whether this is a Linux that does not list TCP sockets that are only bound: 6.8 was the first that does. */
export function isOldKernel(): boolean {
  const [major = 0, minor = 0] = release().split('.').map(Number.parseFloat);
  return process.platform === 'linux' && (major < 6 || (major === 6 && minor < 8));
}

/** Codes of listen(2) and bind(2) for an address family that this machine does not have. */
const noFamily: readonly string[] = ['EAFNOSUPPORT', 'EADDRNOTAVAIL'];

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
): Promise<boolean> {
  const code = await listenCode(port, address, signal);
  // Without IPv6, any address is one of IPv4.
  if (address === '::' && code !== null && noFamily.includes(code)) {
    return (await listenCode(port, '0.0.0.0', signal)) === 'EADDRINUSE';
  }
  return code === 'EADDRINUSE';
}

/** How often a port that is in use is tried again, and after how many milliseconds at most. */
const retries = 3;
const longestPause = 20;

/** As `listenedCode`, but a port in use is tried again: another trial may have had it, which soon gives it back. */
async function listenCode(
  port: number,
  host: string,
  signal?: AbortSignal,
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
