import { expect, test } from 'vitest';
import { closeWait } from '../../../src/analysis/checks/close-wait.ts';
import { defaultRoute } from '../../../src/analysis/checks/default-route.ts';
import { exposedServices } from '../../../src/analysis/checks/exposed-services.ts';
import { type Check, checks } from '../../../src/analysis/checks/index.ts';
import { noListener } from '../../../src/analysis/checks/no-listener.ts';
import { sharedPorts } from '../../../src/analysis/checks/shared-ports.ts';
import { synFlood } from '../../../src/analysis/checks/syn-flood.ts';
import type { Service } from '../../../src/model/report/service.ts';
import { defaultListing } from '../../../src/options/default-listing.ts';
import { whyNot } from '../../../src/pipeline/diagnosis/able.ts';
import type { DiagnosisParts } from '../../../src/pipeline/diagnosis/parts.ts';
import { darwinSource } from '../../../src/sources/darwin/index.ts';
import type { PlatformHost, Source } from '../../../src/sources/source.ts';
import { windowsSource } from '../../../src/sources/win32/index.ts';
import type { WindowsApi } from '../../../src/sources/win32/windows-api.ts';
import { found, many, type Scene } from '../../analysis/checks/support.ts';
import { inet, netInterface, owner } from '../../support/builders.ts';

const service: Service = {
  ...{ asked: { by: 'port', value: '7071' }, status: 'absent' },
  ...{ listeners: [], listenerCount: 0, bound: [], incoming: null, outgoing: null, clients: [] },
  ...{ portless: null, similar: null, holding: [], opened: null, unclear: null },
  ...{ elsewhere: null, forwards: null, units: null, earlier: null },
};
const held = inet('192.0.2.1:7071', '198.51.100.9:443', { owners: [owner(5, 'curl')] });
const over = inet('192.0.2.1:7071', '198.51.100.9:50000', { state: 'TIME_WAIT' });
const of = (changes: Partial<Service>): Scene => ({
  rest: { service: { ...service, ...changes } },
});
const server = (program: string, port: number) =>
  inet(`0.0.0.0:${port}`, '0.0.0.0:0', { owners: [owner(port, program)] });
const link = netInterface('net7', { flags: ['UP', 'RUNNING'] });

/** What each check finds that runs on macOS and Windows, in all its ways. */
const scenes: readonly (readonly [Check, readonly Scene[]])[] = [
  [
    closeWait,
    [
      {
        sockets: many(20, (number) =>
          inet('192.0.2.1:80', `192.0.2.2:${40_000 + number}`, {
            ...{ state: 'CLOSE_WAIT', recvQueue: null, owners: [owner(7, 'app')] },
          }),
        ),
      },
    ],
  ],
  [
    synFlood,
    [
      {
        sockets: many(100, (number) =>
          inet('192.0.2.1:80', `192.0.2.2:${40_000 + number}`, { state: 'SYN_RECV', timer: null }),
        ),
      },
    ],
  ],
  [exposedServices, [{ sockets: [server('redis-server', 6379)] }]],
  [
    sharedPorts,
    [
      {
        sockets: [server('nginx', 80), { ...server('java', 80), owners: [owner(9, 'java')] }],
      },
    ],
  ],
  [
    defaultRoute,
    [
      { rest: { interfaces: [link] } },
      { rest: { interfaces: [{ ...link, flags: [] }] } },
      { rest: { interfaces: [netInterface('lo0', { flags: ['UP', 'LOOPBACK'] })] } },
    ],
  ],
  [
    noListener,
    [
      of({}),
      of({ asked: { by: 'program', value: 'app' } }),
      of({ status: 'bound', bound: [server('app', 7071)] }),
      of({ status: 'taken', holding: [held] }),
      of({ status: 'taken', holding: [over] }),
      of({ status: 'connected', holding: [held] }),
      of({ status: 'connected', holding: [over] }),
    ],
  ],
];

const host = {} as unknown as PlatformHost;
const sources: readonly (readonly ['darwin' | 'win32', Source])[] = [
  ['darwin', darwinSource(host)],
  ['win32', windowsSource({} as unknown as WindowsApi)],
];

/** What only Linux has: its files, settings, commands, and options that other platforms refuse. */
const linuxOnly =
  /\/proc\b|\bnet\.(?:core|ipv[46])|\b(?:ip|ss|sysctl|systemctl|journalctl|ethtool|dmesg|lspci|strace)\b|--exposure|\bhash\b|LimitNOFILE|a minute, until/;

test.each(sources)('every check that runs on %s is among those below', (_, source) => {
  const asked = { query: { ...defaultListing.query, which: 'all' }, netns: 'own', service };
  const parts = { source, selection: { isPlain: true }, ...asked } as unknown as DiagnosisParts;
  const able = checks.filter((check) => whyNot(check, false, parts) === null);
  expect(able.map(({ name }) => name)).toEqual(scenes.map(([{ name }]) => name));
});

test.each(
  sources.flatMap(([platform]) => scenes.map(([check, all]) => ({ platform, check, all }))),
)('$check.name on $platform: nothing of Linux alone is advised', ({ platform, check, all }) => {
  for (const scene of all) {
    const drafts = found(check, { ...scene, rest: { ...scene.rest, platform } });
    expect(drafts).toHaveLength(1);
    const [{ observations, why, remedy, command }] = drafts as [(typeof drafts)[0]];
    const said = [...observations, why, remedy, ...(command ?? [])].join(' ');
    expect(said).not.toMatch(linuxOnly);
  }
});

test('what is not known there is null, not 0', () => {
  const seen = Object.fromEntries(
    scenes.map(([check, [scene]]) => [check.name, found(check, scene as Scene)[0]?.seen]),
  );
  expect(seen).toMatchObject({
    'close-wait': { count: 20, unread: null },
    'syn-flood': { halfOpen: 100, cookies: null, dropped: null },
    'no-listener': { bound: 0, elsewhere: null, units: null },
  });
});
