import { linkSync, mkdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeEach, expect, it } from 'vitest';
import { workloadLabel } from '../../../../src/model/socket/workload.ts';
import {
  portForwards,
  publishingElsewhere,
  publishingOf,
} from '../../../../src/sources/linux/exposure/publishing.ts';
import { openProc } from '../../../../src/sources/linux/proc/open-proc.ts';
import type { Proc } from '../../../../src/sources/linux/proc/proc.ts';
import type { ForwardsAsked } from '../../../../src/sources/source.ts';
import { container } from '../../../support/builders.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

/** A folder that looks like another machine's /proc: a namespace is a file to which its processes have links. */
let root: string;
beforeEach(() => {
  root = temporaryFolder('tsnetstat-');
});

function put(path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

const local = (address: string) => `     |-- ${address}\n        /32 host LOCAL\n`;

/** A process in a namespace with these addresses; null: they cannot be read. */
function process(pid: number, namespace: string, addresses: readonly string[] | null): void {
  put(`${pid}/comm`, 'app\n');
  const file = join(root, `namespace-${namespace}`);
  writeFileSync(file, '');
  mkdirSync(join(root, `${pid}/ns`), { recursive: true });
  linkSync(file, join(root, `${pid}/ns/net`));
  if (addresses !== null) {
    put(`${pid}/net/fib_trie`, `Main:\n  +-- 0.0.0.0/0 3 0 5\n${addresses.map(local).join('')}`);
  }
}

function proxy(pid: number, hostIp: string, hostPort: number, to: string): void {
  put(`${pid}/comm`, 'docker-proxy\n');
  put(`${pid}/status`, 'Name:\tdocker-proxy\nUid:\t0\t0\t0\t0\n');
  const [address, port] = to.split(':');
  const words = ['docker-proxy', '-proto', 'tcp', '-host-ip', hostIp, '-host-port', hostPort];
  words.push('-container-ip', address as string, '-container-port', port as string, '');
  put(`${pid}/cmdline`, words.join('\0'));
}

const inode = (namespace: string) => statSync(join(root, `namespace-${namespace}`)).ino;
const netns = (namespace: string) => ({ inode: inode(namespace), name: null, own: false });
const quiet = { warn: () => {} };

async function publishing(more: Partial<Proc> = {}) {
  put('net/fib_trie', `Main:\n${local('192.0.2.1')}`);
  const machine = {
    proc: { ...openProc(root), ...more },
    labels: async (places: readonly (readonly number[])[]) =>
      places.map((pids) => `docker:of-${pids.join('-')}`),
    residents: async (places: readonly (readonly number[])[]) =>
      places.map((pids) => {
        const workload = container(`of-${pids.join('-')}`);
        return { label: workloadLabel(workload), workloads: [workload] };
      }),
    tenants: async () => [],
  };
  return publishingOf(machine, undefined, true, quiet);
}

it('a port belongs to the workload at the address where it leads, if only one has that', async () => {
  process(1, 'host', ['192.0.2.1']);
  process(20, 'web', ['172.17.0.2', '127.0.0.1']);
  process(30, 'one', ['172.17.0.3']);
  process(31, 'two', ['172.17.0.3']);
  proxy(5, '0.0.0.0', 8080, '172.17.0.2:80');
  proxy(6, '192.0.2.1', 8081, '172.17.0.3:80');
  proxy(7, '127.0.0.1', 8082, '172.17.0.9:80');
  // The host's own loopback, though only one other namespace has one.
  proxy(8, '0.0.0.0', 8083, '127.0.0.1:80');
  const { ports, workloadsAt, isShared, addressesOf, doubt, waysBesides } = await publishing();
  expect(
    ports.map(({ hostAddress, hostPort, workload }) => [hostAddress, hostPort, workload]),
  ).toEqual([
    [null, 8080, 'docker:of-20'],
    ['192.0.2.1', 8081, null],
    ['127.0.0.1', 8082, null],
    [null, 8083, null],
  ]);
  expect(workloadsAt('172.17.0.2')).toEqual([container('of-20')]);
  expect([workloadsAt('172.17.0.3'), workloadsAt('172.17.0.9')]).toEqual([[], []]);
  expect([isShared('172.17.0.3'), isShared('172.17.0.2')]).toEqual([true, false]);
  expect(addressesOf(netns('web'))).toEqual(new Set(['172.17.0.2', '127.0.0.1']));
  expect(addressesOf({ inode: 1, name: null, own: false })).toBe(null);
  expect(waysBesides(netns('web'), 'tcp', ['172.17.0.2'])).toBe(null);
  expect(doubt).toMatch(/^the firewall's rules can be read only for a live machine's own network/);
});

it('a port of an address that is not the host’s is another way to where it leads', async () => {
  process(1, 'host', ['192.0.2.1']);
  process(20, 'web', ['172.17.0.2']);
  proxy(5, '198.51.100.1', 8080, '172.17.0.2:80');
  const { ports, waysBesides } = await publishing();
  expect(ports).toEqual([]);
  expect(waysBesides(netns('web'), 'tcp', ['172.17.0.2'])).toMatch(
    /^the rule that leads there is not for/,
  );
  expect(waysBesides(netns('web'), 'tcp', ['172.17.0.9'])).toBe(null);
});

it('what a program called docker-proxy in a container says is not believed, but leaves a doubt', async () => {
  process(1, 'host', ['192.0.2.1']);
  process(20, 'web', ['172.17.0.2']);
  proxy(5, '0.0.0.0', 8080, '172.17.0.2:80');
  put('5/cgroup', `0::/machine.slice/libpod-${'a'.repeat(64)}.scope/container\n`);
  const { ports, waysBesides } = await publishing();
  expect(ports).toEqual([]);
  expect(waysBesides(netns('web'), 'tcp', ['172.17.0.2'])).not.toBeNull();
});

it('addresses are those that some process of the namespace shows', async () => {
  process(1, 'host', ['192.0.2.1']);
  process(20, 'web', null);
  process(21, 'web', ['172.17.0.2']);
  put('21/net/if_inet6', 'fd000000000000000000000000000002 02 40 00 80     eth0\n');
  const { addressesOf } = await publishing();
  expect(addressesOf(netns('web'))).toEqual(new Set(['172.17.0.2', 'fd00::2']));
});

it('a namespace without a number is known by a name that only one has', async () => {
  process(1, 'host', ['192.0.2.1']);
  process(20, 'web', ['172.17.0.2']);
  process(30, 'db', ['172.17.0.3']);
  const { addressesOf } = await publishing();
  const named = (name: string | null) => addressesOf({ inode: null, name, own: false });
  expect(named('docker:of-30')).toEqual(new Set(['172.17.0.3']));
  expect([named('docker:of-99'), named(null)]).toEqual([null, null]);
});

/** The host's servers, by the inodes of their sockets. */
function servers(protocol: 'tcp' | 'udp', inodes: readonly number[]): void {
  const state = protocol === 'tcp' ? '0A' : '07';
  const lines = inodes.map(
    (inode, at) =>
      `   ${at}: 00000000:${(0x1f90 + at).toString(16).toUpperCase()} 00000000:0000 ${state} ` +
      `00000000:00000000 00:00000000 00000000     0        0 ${inode} 1 0000000000000000 100 0 0 10 0\n`,
  );
  put(`net/${protocol}`, `  sl  local_address rem_address   st\n${lines.join('')}`);
}

/** A program that forwards ports of the host, with the sockets that it holds. */
function forwarder(pid: number, name: string, inodes: readonly number[]): void {
  put(`${pid}/comm`, `${name}\n`);
  mkdirSync(join(root, `${pid}/task/${pid}`), { recursive: true });
  mkdirSync(join(root, `${pid}/fd`));
  inodes.forEach((inode, at) => {
    symlinkSync(`socket:[${inode}]`, join(root, `${pid}/fd/${at + 3}`));
  });
}

/** Makes a process the parent of another. */
function child(pid: number, parent: number): void {
  put(`${pid}/stat`, `${pid} (exe) S ${parent} ${Array.from({ length: 20 }, () => 0).join(' ')}\n`);
}

const byForwarder = (name: string) =>
  `${name} forwards ports of the host, but does not report where to`;

it('a forwarder of containers without root leaves in doubt where else ports lead', async () => {
  process(1, 'host', ['192.0.2.1']);
  process(20, 'web', ['172.17.0.2']);
  servers('tcp', [11]);
  forwarder(8, 'pasta', [11]);
  const { waysBesides } = await publishing();
  expect(waysBesides(netns('web'), 'tcp', [])).toBe(byForwarder('pasta'));
  expect(waysBesides({ inode: 1, name: null, own: false }, 'tcp', [])).toBe(null);
});

it('a forwarder without a server in the host’s network leads nowhere', async () => {
  process(1, 'host', ['192.0.2.1']);
  process(20, 'web', ['172.17.0.2']);
  servers('tcp', [11]);
  forwarder(8, 'slirp4netns', [12]);
  const { waysBesides } = await publishing();
  expect(waysBesides(netns('web'), 'tcp', [])).toBe(null);
});

it('a forwarder leads only to servers of the protocols of its own', async () => {
  process(1, 'host', ['192.0.2.1']);
  process(20, 'web', ['172.17.0.2']);
  servers('tcp', [11]);
  servers('udp', [12]);
  forwarder(7, 'slirp4netns', []);
  forwarder(8, 'pasta', [12]);
  const { waysBesides } = await publishing();
  expect(waysBesides(netns('web'), 'tcp', [])).toBe(null);
  expect(waysBesides(netns('web'), 'udp', [])).toBe(byForwarder('pasta'));
});

it('a forwarder leads anywhere if the host’s servers cannot be read', async () => {
  process(1, 'host', ['192.0.2.1']);
  process(20, 'web', ['172.17.0.2']);
  mkdirSync(join(root, 'net/tcp'), { recursive: true });
  forwarder(8, 'slirp4netns', [12]);
  const { waysBesides } = await publishing();
  expect(waysBesides(netns('web'), 'tcp', [])).toBe(byForwarder('slirp4netns'));
});

it('rootlessport leads only to the namespaces where its children live', async () => {
  process(1, 'host', ['192.0.2.1']);
  process(20, 'web', ['172.17.0.2']);
  process(30, 'db', ['172.17.0.3']);
  child(20, 8);
  child(30, 1);
  servers('tcp', [11]);
  forwarder(8, 'rootlessport', [11]);
  const { waysBesides } = await publishing();
  expect(waysBesides(netns('web'), 'tcp', [])).toBe(byForwarder('rootlessport'));
  expect(waysBesides(netns('db'), 'tcp', [])).toBe(null);
});

/** Whose the forwarder's sockets are, as containers are called here. */
const forwardedTo = async (inode: number) =>
  (await publishing()).forwarding.get(inode)?.map(workloadLabel);

it('rootlessport forwards ports for the containers that live with its children', async () => {
  process(1, 'host', ['192.0.2.1']);
  process(20, 'web', ['172.17.0.2']);
  process(30, 'db', ['172.17.0.3']);
  child(20, 8);
  child(30, 1);
  forwarder(8, 'rootlessport', [11, 12]);
  expect(await forwardedTo(11)).toEqual(['docker:of-20']);
  expect(await forwardedTo(12)).toEqual(['docker:of-20']);
  expect(await forwardedTo(13)).toBe(undefined);
});

/** A pasta of this user that has opened these files besides a socket. */
function pasta(pid: number, uid: number, opened: Readonly<Record<string, string>>): void {
  forwarder(pid, 'passt.avx2', [11]);
  put(`${pid}/status`, `Name:\tpasta\nUid:\t${uid}\t${uid}\t${uid}\t${uid}\n`);
  put(`${pid}/cgroup`, '0::/user.slice\n');
  Object.entries(opened).forEach(([target, info], at) => {
    symlinkSync(target, join(root, `${pid}/fd/${at + 20}`));
    put(`${pid}/fdinfo/${at + 20}`, info);
  });
}

const info = (ino: number) => `pos:\t0\nflags:\t02100000\nmnt_id:\t4\nino:\t${ino}\n`;

it('pasta forwards ports for the containers of its user where it has opened the namespace', async () => {
  process(1, 'host', ['192.0.2.1']);
  process(20, 'web', ['172.17.0.2']);
  process(30, 'db', ['172.17.0.3']);
  pasta(8, 0, { '/run/netns/web': info(inode('web')), '/dev/net/tun': info(inode('db')) });
  expect(await forwardedTo(11)).toEqual(['docker:of-20']);
});

it('pasta is where its parent is: it makes a PID namespace for itself alone', async () => {
  process(1, 'host', ['192.0.2.1']);
  process(20, 'web', ['172.17.0.2']);
  pasta(8, 0, { '/run/netns/web': info(inode('web')) });
  const inNamespace = (pid: number) =>
    put(`${pid}/status`, `Name:\tx\nUid:\t0\t0\t0\t0\nNSpid:\t${pid}\t1\n`);
  inNamespace(8);
  child(8, 1);
  put('1/cgroup', '0::/init.scope\n');
  expect(await forwardedTo(11)).toEqual(['docker:of-20']);
  // A program that is called so may be in a container.
  inNamespace(9);
  put('9/cgroup', '0::/user.slice\n');
  child(8, 9);
  expect(await forwardedTo(11)).toEqual([]);
});

it('pasta may have opened a namespace by its process', async () => {
  process(1, 'host', ['192.0.2.1']);
  process(20, 'web', ['172.17.0.2']);
  pasta(8, 0, { [`net:[${inode('web')}]`]: '', 'pipe:[7]': '', '/a': 'pos:\t0\n' });
  expect(await forwardedTo(11)).toEqual(['docker:of-20']);
});

it('pasta is not believed of other users’ containers, whose namespaces everybody may open', async () => {
  process(1, 'host', ['192.0.2.1']);
  process(20, 'web', ['172.17.0.2']);
  pasta(8, 1000, { '/run/netns/web': info(inode('web')) });
  expect(await forwardedTo(11)).toEqual([]);
});

it('slirp4netns does not show where it leads', async () => {
  process(1, 'host', ['192.0.2.1']);
  process(20, 'web', ['172.17.0.2']);
  child(20, 8);
  forwarder(8, 'slirp4netns', [11]);
  expect(await forwardedTo(11)).toEqual([]);
});

it('of another machine only the ports of docker-proxies are known, each once', () => {
  process(1, 'host', ['192.0.2.1']);
  proxy(5, '0.0.0.0', 8080, '172.17.0.2:80');
  proxy(6, '::', 8080, '172.17.0.2:80');
  const { ports, familiesOf, doubt } = publishingElsewhere(openProc(root), quiet);
  expect(ports.map((one) => [one.hostPort, one.address, [...familiesOf(one)]])).toEqual([
    [8080, '172.17.0.2', ['inet', 'inet6']],
  ]);
  expect(doubt).not.toBe(null);
});

it('tells where a port is forwarded, and which network namespace has the address', async () => {
  process(1, 'host', ['192.0.2.1']);
  process(10, 'web', ['172.17.0.2']);
  process(11, 'a', ['172.17.0.3']);
  process(12, 'b', ['172.17.0.3']);
  proxy(20, '0.0.0.0', 8080, '172.17.0.2:80');
  proxy(21, '192.0.2.1', 8080, '172.17.0.3:80');
  proxy(22, '::', 8080, '172.17.0.4:80');
  proxy(23, '0.0.0.0', 8080, '192.0.2.1:80');
  proxy(24, '0.0.0.0', 8080, '127.0.0.1:80');
  proxy(25, '0.0.0.0', 8081, '172.17.0.2:81');
  put('net/fib_trie', `Main:\n${local('192.0.2.1')}`);
  const machine = {
    proc: openProc(root),
    labels: async (places: readonly (readonly number[])[]) => places.map(() => null),
    residents: async (places: readonly (readonly number[])[]) => places.map(() => null),
    tenants: async () => [],
  };
  const of = async (families: ForwardsAsked['families'], protocols: ForwardsAsked['protocols']) =>
    (await portForwards(machine, undefined, { protocols, families, port: 8080 })).map(
      ({ hostAddress, address, netns }) => [hostAddress, address, netns?.inode ?? null],
    );
  const [first, second, third] = [
    [null, '172.17.0.2', inode('web')],
    ['192.0.2.1', '172.17.0.3', null],
    [null, '172.17.0.4', null],
  ];
  expect(await of(['inet', 'inet6'], ['tcp'])).toEqual([first, second, third]);
  expect(await of(['inet'], ['tcp', 'udp'])).toEqual([first, second]);
  expect(await of(['inet6'], ['tcp'])).toEqual([third]);
  expect(await of(['inet', 'inet6'], ['udp'])).toEqual([]);
});

it.each<[string, Partial<Proc>, boolean]>([
  ['others have names', { deviceName: (index) => (index === 1 ? 'lo' : null) }, true],
  ['none has', { deviceName: () => null }, false],
  ['names are not known', {}, false],
  ['it has one', { deviceName: () => 'eth0' }, false],
])('an interface is known to be gone if %s', async (_, more, expected) => {
  const { lacksDevice } = await publishing(more);
  expect(lacksDevice({ index: 7, name: '7' })).toBe(expected);
});

it('the own network lacks an address that no local route covers', async () => {
  const { lacksAddress } = await publishing();
  expect(['192.0.2.1', '192.0.2.9'].map(lacksAddress)).toEqual([false, true]);
});
