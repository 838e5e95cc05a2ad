import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Diagnosis } from '../../src/model/report/diagnosis.ts';
import { reasonToSkip } from '../support/requirements.ts';
import { documentErrors } from '../views/text/support/schema.ts';
import { skipReason as noZoo, startZoo, type Zoo } from './zoo.ts';

const skipReason = noZoo ?? reasonToSkip({ platforms: ['linux'], programs: ['nft', 'gcc'] });

/** Connects to an address and port; prints what the server there sends, or `-`. */
const ask = `import socket, sys
try:
    with socket.create_connection((sys.argv[1], int(sys.argv[2])), 2) as sock:
        print(sock.recv(9).decode() or "-")
except OSError:
    print("-")`;

describe.skipIf(skipReason)(`who is behind a forwarded port ${skipReason ?? ''}`, () => {
  let zoo: Zoo;
  beforeAll(async () => {
    zoo = await startZoo('empty');
    await zoo.fill('forwarded-port.sh', 'ready');
  });
  afterAll(() => zoo?.stop());

  async function diagnosed(port: number, more: readonly string[] = []) {
    const args = ['--diagnose', 'no-listener', '--port', String(port), '--json', ...more];
    const { stdout, code } = await zoo.tsnetstat(args);
    const diagnosis = JSON.parse(stdout.toString()) as Diagnosis;
    expect(documentErrors(diagnosis)).toEqual([]);
    return { ...diagnosis, code };
  }

  async function answerOf(port: number, isOnLoopback: boolean): Promise<string> {
    const from = isOnLoopback ? [] : ['ip', 'netns', 'exec', 'lan'];
    const address = isOnLoopback ? '127.0.0.1' : '10.99.2.1';
    const { stdout } = await zoo.run([
      ...[...from, '/usr/bin/python3', '-c', ask, address, String(port)],
    ]);
    return stdout.toString().trim();
  }

  /** The last digit of a port, as in the script; the first two are in `ways`. */
  const digits = { 'all addresses': 1, loopback: 2, 'another port': 3 } as const;
  const onLoopback = 'a proxy on loopback';
  const ways = [
    ['a proxy', 810, 'listening', 'unserved'],
    ['a rule', 820, 'published', 'unserved'],
    ['both', 830, 'listening', 'unserved'],
    ['a rule beside a server of the host', 840, 'listening', 'listening'],
    [onLoopback, 850, 'listening', 'unserved'],
  ] as const;
  const cases = ways.flatMap(([way, tens, served, unserved]) =>
    Object.entries(digits).map(([where, digit]) => {
      const isServed = digit === digits['all addresses'];
      const status = isServed ? served : unserved;
      return { way, where, port: tens * 10 + digit, inside: 80 + digit, isServed, status };
    }),
  );

  it.each(cases)('$way, and the container listens at $where', async (one) => {
    const { way, port, inside, isServed, status, where } = one;
    expect(await answerOf(port, way === onLoopback)).toBe(isServed ? '81' : '-');
    const { service, findings, code } = await diagnosed(port);
    expect(service?.status).toBe(status);
    expect(service?.forwards).toMatchObject([{ netns: { name: 'web' }, isServed }]);
    const places = service?.forwards?.[0]?.servers.map(({ local }) => local.port);
    expect(places?.toSorted()).toEqual(where === 'another port' ? [81, 82] : [inside]);
    const severity = status === 'unserved' ? 'critical' : 'warning';
    const title = `port ${port} is forwarded to 10.99.1.2:${inside} in web, where nothing listens`;
    const said = findings.map((one) => `${one.severity}: ${one.title}`);
    expect(said).toEqual(isServed ? [] : [`${severity}: ${title}`]);
    expect(code).toBe(isServed ? 0 : 1);
  });

  it.each([8201, 8202])('the same if every network is asked about: port %i', async (port) => {
    const [one, all] = [await diagnosed(port), await diagnosed(port, ['--all-netns'])];
    const summary = ({ service, findings, code }: typeof one) => [
      ...[service?.status, service?.forwards?.map(({ isServed }) => isServed), code],
      findings.map(({ title }) => title),
    ];
    expect(summary(all)).toEqual(summary(one));
  });

  it.each([
    [8104, 'listening', []],
    [8204, 'forwarded', ['port 8204 is forwarded to where servers cannot be seen']],
    [8304, 'listening', []],
  ] as const)('port %i leads to where nobody knows', async (port, status, titles) => {
    const { service, findings } = await diagnosed(port);
    expect(service?.status).toBe(status);
    expect(service?.forwards).toMatchObject([{ netns: null, isServed: null, servers: [] }]);
    expect(findings.map(({ title }) => title)).toEqual(titles);
  });
});
