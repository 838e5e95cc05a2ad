import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { NetstatError } from '../../src/errors.ts';
import { listen, urlOf } from '../../src/serving/listen.ts';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

function server(): Server {
  const one = createServer();
  servers.push(one);
  return one;
}

/** A server of a machine where listening at these addresses fails so. `asked` lists where it was to listen. */
function failing(codes: Readonly<Record<string, string>>) {
  const one = server();
  const asked: unknown[] = [];
  one.listen = ((options: { readonly host: string }) => {
    asked.push(options.host);
    const code = codes[options.host];
    queueMicrotask(() =>
      code === undefined
        ? one.emit('listening')
        : one.emit('error', Object.assign(new Error(code), { code })),
    );
    return one;
  }) as Server['listen'];
  return { one, asked };
}

const place = (address: string | null, port = 0) => ({ address, port }) as never;

it('listens where it is asked to, and says where that is', async () => {
  const one = server();
  await listen(one, place('127.0.0.1'));
  const at = one.address() as AddressInfo;
  expect(at.address).toBe('127.0.0.1');
  expect(urlOf(at, place('127.0.0.1'))).toBe(`http://127.0.0.1:${at.port}`);
  expect(urlOf({ ...at, address: '::' }, place(null))).toBe(`http://[::]:${at.port}`);
});

describe('without an address', () => {
  it.each(['EAFNOSUPPORT', 'EADDRNOTAVAIL'])('takes IPv4 alone after %s', async (code) => {
    const { one, asked } = failing({ '::': code });
    await listen(one, place(null, 9917));
    expect(asked).toEqual(['::', '0.0.0.0']);
  });

  it('does not take IPv4 alone where the port is in use', async () => {
    const { one, asked } = failing({ '::': 'EADDRINUSE' });
    await expect(listen(one, place(null, 9917))).rejects.toThrow(
      '--serve [::]:9917: the port is in use',
    );
    expect(asked).toEqual(['::']);
  });
});

it.each([
  ['192.0.2.1', 'EADDRNOTAVAIL', '--serve 192.0.2.1:9917: this machine has no such address'],
  [
    '::1:9917',
    'EADDRNOTAVAIL',
    '--serve [::1:9917]:9917: this machine has no such address; with a port, an IPv6 address is written as [ADDRESS]:PORT',
  ],
  ['127.0.0.1', 'EACCES', 'a port below 1024 requires root or CAP_NET_BIND_SERVICE'],
  ['127.0.0.1', 'EMFILE', '--serve 127.0.0.1:9917: cannot listen: EMFILE'],
])('says why it cannot listen at %s: %s', async (address, code, message) => {
  const { one } = failing({ [address]: code });
  const error = await listen(one, place(address, 9917)).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(NetstatError);
  expect(error).toMatchObject({ code: 'unreadable' });
  expect((error as NetstatError).message.endsWith(message)).toBe(true);
});
