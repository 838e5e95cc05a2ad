import { describe, test } from 'vitest';
import { darwinSource } from '../../src/sources/darwin/index.ts';
import { sourceFor } from '../../src/sources/index.ts';
import { linuxSource } from '../../src/sources/linux/index.ts';
import type { Source } from '../../src/sources/source.ts';
import { windowsSource } from '../../src/sources/win32/index.ts';
import { host, machine, releases } from '../sources/darwin/helpers.ts';
import { fixturePath, fixtures } from '../sources/linux/support/fixtures.ts';
import { captured, captures } from '../sources/win32/captures.ts';
import { fakeWindows, ipv6, table, tcp4, tcp6, udp4, udp6 } from '../sources/win32/fake-windows.ts';
import { reasonToSkip } from '../support/requirements.ts';
import { promisesOf } from './promises.ts';

const everyState = fakeWindows({
  tcp: {
    2: table(
      [1, 2, 5, 11, 12, 100, 200].map((state) => tcp4({ state, pid: state === 11 ? 0 : 7 })),
    ),
    23: table([2, 5].map((state) => tcp6({ state, pid: 4, scope: 3 }))),
  },
  udp: {
    2: table([udp4([0, 0, 0, 0], 53)]),
    23: table([udp6(ipv6('fe80::1'), 53, { scope: 3 })]),
  },
  processes: [{ pid: 7, name: 'server.exe', path: 'C:\\server.exe' }],
}).api;

/** Machines that stand still: captures, and stand-ins. */
const machines: readonly (readonly [name: string, () => Source])[] = [
  ...fixtures.map(
    (name) =>
      [
        `Linux, ${name}`,
        () => linuxSource({ platform: 'linux', env: {}, procRoot: fixturePath(name) }),
      ] as const,
  ),
  ...releases.map(
    (release) => [`macOS ${release}`, () => darwinSource(host, machine(release).run)] as const,
  ),
  ...captures.map((name) => [`Windows, ${name}`, () => captured(name)] as const),
  ['Windows, every state', () => windowsSource(everyState)],
];

describe.each(machines)('contract: %s', (_name, makeSource) => {
  test.each(promisesOf('still'))('$name', ({ isKept }) => isKept(makeSource()));
});

describe(`contract: this machine (${process.platform})`, () => {
  test.for(promisesOf('live'))('$name', async ({ isKept, needsLoopback = false }, { skip }) => {
    const reason = reasonToSkip({ platforms: [process.platform], loopback: needsLoopback });
    if (reason !== null) skip(reason);
    await isKept(await sourceFor({ platform: process.platform, env: process.env, procRoot: null }));
  });
});
