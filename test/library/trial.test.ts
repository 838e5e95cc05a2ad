import { once } from 'node:events';
import { type AddressInfo, createServer, Server } from 'node:net';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { isAddressHere, isRefused } from '../../src/library/trial.ts';

afterEach(() => void vi.restoreAllMocks());

/** Lets listening at these addresses fail so. @returns where a server was to listen */
function failing(codes: Readonly<Record<string, string>>): readonly string[] {
  const asked: string[] = [];
  vi.spyOn(Server.prototype, 'listen').mockImplementation(function (this: Server, ...args) {
    const [{ host }, begun] = args as unknown as [{ host: string }, () => void];
    asked.push(host);
    const code = codes[host];
    queueMicrotask(() => (code === undefined ? begun() : this.emit('error', { code })));
    return this;
  });
  return asked;
}

describe('a trial', () => {
  it('says nothing of an address of another machine', async () => {
    expect(await isRefused(80, '192.0.2.77')).toBe(false);
  });

  it('leaves the port as it was', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    expect(await isRefused(port, '127.0.0.1')).toBe(true);
    await new Promise((done) => server.close(done));
    expect(await isRefused(port, '127.0.0.1')).toBe(false);
    expect(await isRefused(port, '127.0.0.1')).toBe(false);
  });

  it.each<[code: string, ofIPv4: string, isTaken: boolean]>([
    ['EAFNOSUPPORT', 'EADDRINUSE', true],
    ['EADDRNOTAVAIL', 'EADDRINUSE', true],
    ['EAFNOSUPPORT', 'EACCES', false],
  ])(
    'of any address is one of IPv4 where there is no IPv6: %s, %s',
    async (code, ofIPv4, isTaken) => {
      const asked = failing({ '::': code, '0.0.0.0': ofIPv4 });
      expect(await isRefused(80, '::')).toBe(isTaken);
      expect(new Set(asked)).toEqual(new Set(['::', '0.0.0.0']));
    },
  );

  it('of any address asks for no other where IPv6 says why it is refused', async () => {
    const asked = failing({ '::': 'EACCES' });
    expect(await isRefused(80, '::')).toBe(false);
    expect(asked).toEqual(['::']);
  });

  it('of an address of IPv6 asks for that alone', async () => {
    const asked = failing({ '::1': 'EADDRNOTAVAIL' });
    expect(await isRefused(80, '::1')).toBe(false);
    expect(asked).toEqual(['::1']);
  });

  it('of a port in use ends when its caller gives up', async () => {
    const asked = failing({ '127.0.0.1': 'EADDRINUSE' });
    const reason = new Error('enough');
    await expect(isRefused(80, '127.0.0.1', AbortSignal.abort(reason))).rejects.toBe(reason);
    expect(asked).toHaveLength(1);
  });
});

describe('an address', () => {
  it.each([
    ['127.0.0.1', true],
    ['192.0.2.77', false],
    ['2001:db8::77', false],
    ['fe80::1%nowhere', false],
  ])('%s is of this machine: %s', async (address, isHere) => {
    expect(await isAddressHere(address, false)).toBe(isHere);
    expect(await isAddressHere(address, true)).toBe(isHere);
  });
});
