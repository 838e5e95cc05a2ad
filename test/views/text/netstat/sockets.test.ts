import { describe, expect, it } from 'vitest';
import { run } from '../../../../src/commands/run.ts';
import { netstat } from '../../../../src/views/text/netstat/index.ts';
import type { Paint } from '../../../../src/views/text/paint.ts';
import { fixturePath, fixtures } from '../../../sources/linux/support/fixtures.ts';
import { fakeHost } from '../../../support/fake-host.ts';
import { chunks, render, type Scenario, someNames } from '../support/render.ts';
import { inetSockets, rows, unixSockets } from '../support/rows.ts';

const everyLayout = [
  ['-n'],
  ['-ln'],
  ['-an'],
  ['-tulpn'],
  ['-anp'],
  ['-ane'],
  ['-ano'],
  ['-anepo'],
  ['-anepoW'],
  ['-anpH'],
  ['-4an'],
  ['-6an'],
  ['-xan'],
  ['-xlpn'],
  ['-wUSan'],
] as const;
/** Enough for some hundred rows. */
const mainLayouts = [['-tulpn'], ['-n'], ['-anepo']] as const;

/** A fixture as the whole program shows it, ready to be looked at. */
async function shown(name: string, argv: readonly string[]): Promise<string> {
  const { host, written } = fakeHost();
  const root = fixturePath(name);
  const code = await run([...argv, '--proc-root', root], host);
  const errors = written.stderr.replaceAll(root, '/proc').replaceAll(/^/gm, '! ').slice(0, -2);
  return `$ tsnetstat ${argv.join(' ')}\n${written.stdout}${errors}[${code}]\n\n`;
}

describe('golden files', () => {
  it.each(fixtures)('%s', async (name) => {
    let text = '';
    for (const argv of name === 'busy-server' ? mainLayouts : everyLayout) {
      text += await shown(name, argv);
    }
    await expect(text).toMatchFileSnapshot(`golden/${name}.txt`);
  });

  it('every kind of row with names, wide and cut', async () => {
    let text = '';
    const numeric = { hosts: false, ports: false, users: false };
    for (const wide of [false, true]) {
      const asked = { numeric, wide, programs: true, extend: 1, timers: true };
      text += await render(netstat, 'sockets', rows.sockets, { asked, names: someNames });
    }
    await expect(text).toMatchFileSnapshot('golden/rows-with-names.txt');
  });
});

describe('sections', () => {
  const inetTitle = 'Active Internet connections (servers and established)';
  const unixTitle = 'Active UNIX domain sockets (servers and established)';
  const titles = async (scenario: Scenario, sockets = rows.sockets) =>
    (await render(netstat, 'sockets', sockets, scenario))
      .split('\n')
      .filter((line) => line.startsWith('Active'));

  it.each([
    ['both', ['tcp', 'unix'], rows.sockets, [inetTitle, unixTitle]],
    ['both, without a row', ['tcp', 'unix'], [], [inetTitle, unixTitle]],
    ['both, with Internet rows only', ['tcp', 'unix'], inetSockets, [inetTitle, unixTitle]],
    ['both, with UNIX rows only', ['tcp', 'unix'], unixSockets, [inetTitle, unixTitle]],
    ['Internet', ['tcp', 'raw'], inetSockets, [inetTitle]],
    ['UNIX', ['unix'], unixSockets, [unixTitle]],
    ['UNIX, without a row', ['unix'], [], [unixTitle]],
  ] as const)('%s', async (_, protocols, sockets, expected) => {
    expect(await titles({ asked: { protocols } }, sockets)).toEqual(expected);
  });

  it.each([
    ['connected', 'w/o servers'],
    ['listening', 'only servers'],
    ['all', 'servers and established'],
  ] as const)('a title names the rows: %s', async (which, words) => {
    expect(await titles({ asked: { which } })).toEqual([
      `Active Internet connections (${words})`,
      `Active UNIX domain sockets (${words})`,
    ]);
  });

  it('come without titles where no header is wanted', async () => {
    const text = await render(netstat, 'sockets', rows.sockets, { asked: { header: false } });
    expect(text).not.toMatch(/Active|Proto/);
    expect(text).toMatch(/^tcp /);
  });

  it('stay whole however the rows come', async () => {
    const whole = await render(netstat, 'sockets', rows.sockets);
    for (const batch of [1, 2, 7]) {
      const parts = await chunks(netstat, 'sockets', rows.sockets, { batch });
      expect(parts.join('')).toBe(whole);
      expect(parts.every((part) => part.endsWith('\n'))).toBe(true);
    }
  });

  it('are printed piece by piece where all rows come at once, as sorted ones do', async () => {
    const many = Array.from({ length: 500 }, () => rows.sockets).flat();
    const parts = await chunks(netstat, 'sockets', many, { batch: many.length });
    expect(Math.max(...parts.map(({ length }) => length))).toBeLessThan(64 * 1024);
    expect(parts.join('')).toBe(await render(netstat, 'sockets', many));
  });
});

describe('colour', () => {
  const paint: Paint = {
    state: (name, text) => `<${name}>${text}</>`,
    tone: (tone, text) => `<${tone}>${text}</>`,
    heading: (text) => `<h>${text}</>`,
    option: (text) => text,
    difference: (kind, text) => `<${kind}>${text}</>`,
    quiet: (text) => `<q>${text}</>`,
    strong: (text) => `<s>${text}</>`,
  };

  it('adds nothing but itself', async () => {
    const asked = { programs: true, extend: 1, timers: true };
    const plain = await render(netstat, 'sockets', rows.sockets, { asked });
    const painted = await render(netstat, 'sockets', rows.sockets, { asked, paint });
    expect(painted).not.toBe(plain);
    expect(painted.replaceAll(/<[^>]*>/g, '')).toBe(plain);
  });
});

it('lets no control character through, whatever others chose', async () => {
  const asked = { programs: true, wide: true };
  const text = await render(netstat, 'sockets', rows.sockets, { asked });
  expect(text).not.toMatch(/[^\P{Cc}\n]|[\p{Zl}\p{Zp}\u202e]/u);
});
