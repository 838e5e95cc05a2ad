import { describe, test } from 'vitest';
import { backendFor } from '../../src/sources/index.ts';
import type { Backend } from '../../src/sources/source.ts';
import { backendOf } from '../../src/sources/win32/index.ts';
import { fakeWindows, ipv6, table, tcp4, tcp6, udp4, udp6 } from '../sources/win32/fake-windows.ts';
import { reasonToSkip } from '../support/requirements.ts';
import { livePromises } from './live-promises.ts';
import { promises } from './promises.ts';

const thisMachine = () =>
  backendFor({ platform: process.platform, env: process.env, procRoot: null });

const windows = async (): Promise<Backend> =>
  backendOf(
    fakeWindows({
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
    }).api,
  );

describe.each([
  [`this machine (${process.platform})`, thisMachine],
  ['Windows, by a stand-in for its API', windows],
] as const)('%s', (_name, makeBackend) => {
  test.each(promises)('$name', async ({ isKept }) => {
    await isKept(await makeBackend());
  });
});

describe(`this machine (${process.platform}), live`, () => {
  test.for(livePromises)('$name', async ({ isKept, needsLoopback = false }, { skip }) => {
    const reason = reasonToSkip({ platforms: [process.platform], loopback: needsLoopback });
    if (reason !== null) skip(reason);
    await isKept(await thisMachine());
  });
});
