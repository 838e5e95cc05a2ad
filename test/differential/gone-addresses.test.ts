/** Servers whose address or interface was removed: what is said of them, and that it is true, on real sockets. */
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Diagnosis } from '../../src/model/report/diagnosis.ts';
import type { Snapshot } from '../../src/model/report/snapshot.ts';
import type { InetSocket } from '../../src/model/socket/socket.ts';
import { documentErrors } from '../views/text/support/schema.ts';
import { skipReason, startZoo, type Zoo } from './zoo.ts';

describe.skipIf(skipReason)(`servers whose address is gone ${skipReason ?? ''}`, () => {
  let zoo: Zoo;
  beforeAll(async () => {
    zoo = await startZoo('empty');
  });
  afterAll(() => zoo?.stop());

  const runner = fileURLToPath(new URL('diagnose/run.py', import.meta.url));

  /** What a program prints in the scene. */
  async function printed(kind: 'fault' | 'calm', command: readonly string[]): Promise<string> {
    const scene = ['unshare', '--net', '/usr/bin/python3', '-B', runner, 'gone-addresses', kind];
    const { stdout, stderr } = await zoo.run([...scene, ...command]);
    expect(stderr.toString()).toBe('');
    return stdout.toString();
  }

  async function nowhere(kind: 'fault' | 'calm', args: readonly string[] = []) {
    const asked = [...zoo.program, '-tuln', '--exposure', '--json', ...args];
    const { sockets } = JSON.parse(await printed(kind, asked)) as Snapshot;
    expect(sockets.length).toBeGreaterThan(17);
    const gone = (sockets as InetSocket[]).filter(({ exposure }) => exposure?.kind === 'nowhere');
    return gone.map(({ local }) => local.port).sort();
  }

  it('are reached from nowhere, and no others', async () => {
    expect(await nowhere('fault')).toEqual([7101, 7102, 7103, 7104, 7105, 7106, 7107, 7108]);
    expect(await nowhere('calm')).toEqual([]);
  });

  it('are not exposed, unless by an interface that is gone', async () => {
    const exposed = async (kind: 'fault' | 'calm', args: readonly string[] = []) => {
      const asked = [...zoo.program, '-tuln', '--exposed', '--json', ...args];
      const { sockets } = JSON.parse(await printed(kind, asked)) as Snapshot;
      return new Set((sockets as InetSocket[]).map(({ local }) => local.port));
    };
    const all = await exposed('calm');
    expect(all.size).toBeGreaterThan(15);
    const gone = [7101, 7102, 7103, 7104, 7105, 7107, 7108];
    for (const args of [[], ['--source', 'proc']]) {
      const left = [...all].filter((port) => !gone.includes(port));
      expect([...(await exposed('fault', args))].sort()).toEqual(left.sort());
    }
  });

  it('are known from files too, but for interfaces', async () => {
    const ports = await nowhere('fault', ['--source', 'proc']);
    expect(ports).toEqual([7101, 7102, 7103, 7104, 7105, 7107, 7108]);
  });

  it('cannot be connected to, as others can', async () => {
    const attempt = `import errno, socket
ends = [('192.0.2.9', 7101), ('192.0.2.9', 7102), ('2001:db8::9', 7104), ('127.0.0.1', 7106), ('203.0.113.5', 7108),
        ('192.0.2.1', 7201), ('2001:db8::1', 7202), ('198.51.100.7', 7203), ('2001:db8:99::7', 7204), ('192.0.2.1', 7211)]
for end in ends:
    sock = socket.socket(socket.AF_INET6 if ':' in end[0] else socket.AF_INET)
    sock.settimeout(1)
    try:
        sock.connect(end)
        print(end[1])
    except OSError:
        pass
`;
    const reached = await printed('fault', ['/usr/bin/python3', '-c', attempt]);
    expect(reached).toBe('7201\n7202\n7203\n7204\n7211\n');
  });

  async function diagnosed(kind: 'fault' | 'calm', port: number, args: readonly string[] = []) {
    const asked = ['--diagnose', ...args, '--port', String(port), '--json'];
    const diagnosis = JSON.parse(await printed(kind, [...zoo.program, ...asked])) as Diagnosis;
    expect(documentErrors(diagnosis)).toEqual([]);
    return diagnosis.findings.map(
      ({ check, severity, title }) => `${check}, ${severity}: ${title}`,
    );
  }

  it.each([
    [7101, '192.0.2.9:7101 (tcp): this network does not have its address'],
    [7105, '[2001:db8::9]:7105 (udp): this network does not have its address'],
    [7106, expect.stringMatching(/^0\.0\.0\.0:7106 \(tcp\): .*, number \d+, is gone$/)],
  ])('are a finding if asked about: port %i', async (port, what) => {
    const prefix = 'gone-addresses, warning: nobody can reach ';
    const findings = await diagnosed('fault', port);
    expect(findings.map((one) => one.slice(prefix.length))).toEqual([what]);
    expect(findings[0]).toContain(prefix);
    expect(await diagnosed('calm', port)).toEqual([]);
  });

  it('are no finding where they are reached', async () => {
    expect(await diagnosed('fault', 7203, ['gone-addresses'])).toEqual([]);
    expect(await diagnosed('fault', 7208, ['gone-addresses'])).toEqual([]);
  });
});
