import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { socketsAsked } from '../../src/library/options.ts';
import {
  diagnose,
  follow,
  freePort,
  groups,
  type InterfaceOptions,
  interfaces,
  metrics,
  routes,
  snapshot,
  statistics,
  waitFor,
  whoHolds,
} from '../../src/library.ts';
import { because, reasonToSkip } from '../support/requirements.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const reason = reasonToSkip({ platforms: ['linux'] });
const procRoot = fileURLToPath(new URL('../../fixtures/linux/quiet-laptop', import.meta.url));

type Asking = (options: never) => Promise<unknown>;

/** Every function that takes options, with a /proc that there is not, so that it fails if it reads the option. */
const all: readonly (readonly [string, Asking])[] = [
  ['snapshot', snapshot],
  ['routes', routes],
  ['interfaces', interfaces],
  ['groups', groups],
  ['statistics', statistics],
  ['diagnose', diagnose],
  ['metrics', metrics],
  ['waitFor', waitFor],
  ['follow', (options) => follow(options).next()],
  ['whoHolds', (options) => whoHolds(80, options)],
  ['freePort', freePort],
];

describe.skipIf(reason !== null)(`options of the library${because(reason)}`, () => {
  describe.each(all)('of %s()', (_, ask) => {
    const asked = (options: object) => ask(options as never);
    const nowhere = { code: 'unreadable', message: expect.stringContaining('/nowhere/to/be') };

    it('are taken where they are inherited', async () => {
      const options = Object.create({ procRoot: '/nowhere/to/be/found' });
      await expect(asked(options)).rejects.toMatchObject(nowhere);
    });

    it('are refused where they are inherited and there is no such option', async () => {
      const options = Object.create({ procRot: procRoot });
      await expect(asked(options)).rejects.toMatchObject({
        code: 'usage',
        path: 'procRot',
        message: expect.stringMatching(
          /^procRot: not an option \(did you mean procRoot\?\); there are /,
        ),
      });
    });

    it('are taken when it is called', async () => {
      const options = { procRoot: '/nowhere/to/be/found' };
      const answer = asked(options);
      options.procRoot = procRoot;
      await expect(answer).rejects.toMatchObject(nowhere);
    });

    it('are read once', async () => {
      let times = 0;
      const options = {
        get procRoot() {
          times++;
          return times === 1 ? '/nowhere/to/be/found' : 7;
        },
      };
      await expect(asked(options)).rejects.toMatchObject(nowhere);
      expect(times).toBe(1);
    });

    it('are no signal', async () => {
      const { signal } = new AbortController();
      await expect(asked(signal)).rejects.toMatchObject({ code: 'usage' });
    });
  });

  it('may be frozen', async () => {
    const options = Object.freeze({ procRoot, protocols: Object.freeze(['tcp'] as const) });
    expect((await snapshot(options)).sockets.length).toBeGreaterThan(0);
  });

  it('do not include what was added to every object', async () => {
    const everything = Object.prototype as { added?: number };
    everything.added = 1;
    try {
      expect((await snapshot({ procRoot })).sockets.length).toBeGreaterThan(0);
    } finally {
      delete everything.added;
    }
  });

  it('have lists of their own', async () => {
    const protocols: ('tcp' | 'unix')[] = ['tcp'];
    const answer = snapshot({ procRoot, protocols });
    protocols[0] = 'unix';
    const { sockets } = await answer;
    expect(new Set(sockets.map(({ protocol }) => protocol))).toEqual(new Set(['tcp']));

    const families: ('inet' | 'inet6')[] = ['inet'];
    const asked: { -readonly [K in keyof InterfaceOptions]: InterfaceOptions[K] } = {
      procRoot,
      families,
    };
    const reading = interfaces(asked);
    families.pop();
    delete asked.families;
    const found = (await reading).interfaces.flatMap(({ addresses }) => addresses);
    expect(new Set(found.map(({ family }) => family))).toEqual(new Set(['inet']));
  });

  it.each<[string, () => Promise<unknown>]>([
    ['on', () => snapshot({ on: ['-x'] })],
    ['on', () => metrics({ on: ['a', 'b c'] })],
    ['on', () => snapshot({ on: ['a'], netns: 'web' })],
    ['on', () => snapshot({ on: ['a'], procRoot })],
    ['source', () => snapshot({ on: ['a'], source: 'proc' })],
    ['names', () => interfaces({ procRoot, names: 'eth7' })],
    ['expression', () => snapshot({ procRoot, expression: 'dport =' })],
    ['protocols', () => statistics({ procRoot, protocols: ['tcp', 'unix'] })],
    ['pid', () => waitFor({ procRoot, pid: 0 })],
    ['pid', () => snapshot({ procRoot, pid: [1, 0] })],
  ])('are named by errors: %s', async (path, ask) => {
    await expect(ask()).rejects.toMatchObject({ code: 'usage', path });
  });
});

it('of other machines may name the usual source', () => {
  expect(socketsAsked({ on: ['a'], source: 'auto' }).target.socketSource).toBe('auto');
});

describe.skipIf(reason !== null)(`answers of this machine${because(reason)}`, () => {
  const folder = temporaryFolder('tsnetstat-ssh-');
  const path = process.env.PATH;
  afterAll(() => {
    process.env.PATH = path;
  });

  it('do not wait for other machines, nor for a diagnosis that waits', async () => {
    writeFileSync(join(folder, 'ssh'), '#!/bin/sh\nexec sleep 60\n');
    chmodSync(join(folder, 'ssh'), 0o755);
    process.env.PATH = `${folder}:${path}`;
    const ending = new AbortController();
    const { signal } = ending;
    const order: string[] = [];
    const slow = ['a', 'b', 'c', 'd', 'e'].flatMap((name) => [
      snapshot({ on: [name], signal }).finally(() => order.push('elsewhere')),
      diagnose({ checks: ['close-wait'], signal }).finally(() => order.push('diagnosis')),
    ]);
    const outcomes = Promise.allSettled(slow);
    await snapshot({ protocols: ['tcp'] });
    order.push('here');
    ending.abort();
    await outcomes;
    expect(order[0]).toBe('here');
  });
});
