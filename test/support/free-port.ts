import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';

/**
 * Returns a port of 127.0.0.1 that nobody uses now, outside the ephemeral range: no other program gets it by chance
 * before it is used.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = 10_000 + Math.floor(Math.random() * 10_000);
    const server = createServer();
    try {
      await once(server.listen(port, '127.0.0.1'), 'listening');
    } catch {
      continue;
    }
    const { port: found } = server.address() as AddressInfo;
    server.close();
    await once(server, 'close');
    return found;
  }
}
