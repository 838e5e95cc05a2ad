import { describe, expect, it } from 'vitest';
import { hostAddresses } from '../../src/resolve/host-addresses.ts';
import type { NamingHost } from '../../src/resolve/naming-host.ts';
import { machineWith } from './naming-files.ts';

const files = {
  '/etc/hosts':
    '127.0.0.1 localhost\n::1 localhost ip6-localhost\n192.0.2.1 Db1.Example db1\nfe80::1%eth0 db1\n192.0.2.1 db1\n192.0.2.300 db1\n',
};
const unknown = {
  reason: 'which has no address that this machine knows, or its name server does not answer',
};
const never = () => new Promise<never>(() => undefined);

function failing(code: string | null) {
  return async () => {
    throw Object.assign(new Error(), { code });
  };
}

/** What is found on a machine, and what was done for it. */
async function found(name: string, changes: Partial<NamingHost> = {}, timeoutMs = 20_000) {
  const { host, seen } = machineWith(files, changes);
  return { addresses: await hostAddresses(name, timeoutMs, host), seen };
}

describe('the addresses of a name', () => {
  it.each([
    ['localhost', ['127.0.0.1', '::1']],
    ['LocalHost', ['127.0.0.1', '::1']],
    ['ip6-localhost', ['::1']],
    ['db1', ['192.0.2.1', 'fe80::1']],
    ['db1.example', ['192.0.2.1']],
  ])('are those of the hosts file: %s', async (name, addresses) => {
    const { addresses: all, seen } = await found(name);
    expect(all).toEqual(addresses);
    expect(seen).toEqual(['/etc/nsswitch.conf', '/etc/hosts']);
  });

  it('are not those of the hosts file if the system does not read it', async () => {
    const { host } = machineWith({ ...files, '/etc/nsswitch.conf': 'hosts: dns\n' });
    expect(await hostAddresses('localhost', 1000, host)).toEqual(unknown);
  });

  it('come from getent, each once and without zones', async () => {
    const answer =
      '192.0.2.7      STREAM far.example\n192.0.2.7      DGRAM  \nfe80::2%eth0   STREAM\n';
    const run = async (...command: [string, readonly string[], number]) =>
      command.flat().join(' ') === 'getent ahosts far.example 20000' ? answer : '';
    const { addresses, seen } = await found('far.example', { run });
    expect(addresses).toEqual(['192.0.2.7', 'fe80::2']);
    expect(seen).not.toContain('look up far.example');
  });

  it.each([
    ['without getent', 'linux', failing('ENOENT')],
    ['where getent may not be run', 'linux', failing('EACCES')],
    ['on other platforms', 'darwin', failing('ENOENT')],
  ])('come from the system %s', async (_, platform, run) => {
    const lookUp = async () => ['192.0.2.8', '192.0.2.8', 'fe80::3%en0'];
    const { addresses } = await found('far.example', { platform, run, lookUp });
    expect(addresses).toEqual(['192.0.2.8', 'fe80::3']);
  });

  it.each<[string, Partial<NamingHost>]>([
    ['getent', {}],
    ['the system', { platform: 'darwin' }],
    ['the system that has none', { platform: 'darwin', lookUp: async () => [] }],
  ])('are unknown to %s', async (_, changes) => {
    expect((await found('far.example', changes)).addresses).toEqual(unknown);
  });

  it.each<[string, Partial<NamingHost>]>([
    ['getent, which is ended', { run: failing(null) }],
    ['the system', { platform: 'darwin', lookUp: never }],
  ])('are not waited for longer than allowed: %s', async (_, changes) => {
    expect((await found('far.example', changes, 20)).addresses).toEqual({
      reason: 'for which no server answered within 0.02 s (--resolve-timeout)',
    });
  });

  it('are looked up in files alone if no server may be asked', async () => {
    const { addresses, seen } = await found('far.example', {}, 0);
    expect(addresses).toEqual({
      reason: 'which is not in the hosts file, and no server may be asked',
    });
    expect(seen).toEqual(['/etc/nsswitch.conf', '/etc/hosts']);
    expect((await found('db1', {}, 0)).addresses).toEqual(['192.0.2.1', 'fe80::1']);
  });
});
