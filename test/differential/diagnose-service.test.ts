/** The summary of one service, on real sockets, beside other network namespaces and with a real systemd. */
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Diagnosis } from '../../src/model/report/diagnosis.ts';
import { program } from '../support/program.ts';
import { because } from '../support/requirements.ts';
import { noSystemd, type Systemd, startSystemd } from '../support/systemd.ts';
import { documentErrors, lineErrors } from '../views/text/support/schema.ts';
import { skipReason, startZoo, type Zoo } from './zoo.ts';

describe.skipIf(skipReason)(`--diagnose of one service ${skipReason ?? ''}`, () => {
  let zoo: Zoo;
  beforeAll(async () => {
    zoo = await startZoo('empty');
  });
  afterAll(() => zoo?.stop());

  const runner = fileURLToPath(new URL('diagnose/run.py', import.meta.url));

  async function run(scene: string, kind: 'fault' | 'calm', words: readonly string[]) {
    const command = ['unshare', '--net', '/usr/bin/python3', '-B', runner, scene, kind];
    const { stdout, stderr, code } = await zoo.run([...command, ...words]);
    return { text: stdout.toString(), stderr: stderr.toString(), code };
  }

  async function asked(scene: string, kind: 'fault' | 'calm', args: readonly string[]) {
    const { text, stderr, code } = await run(scene, kind, [
      ...[...zoo.program, '--diagnose', 'no-listener', ...args],
    ]);
    expect(stderr).toBe('');
    return { text, code };
  }

  async function serviceIn(scene: string, kind: 'fault' | 'calm', args: readonly string[]) {
    const { text, code } = await asked(scene, kind, [...args, '--json']);
    const diagnosis = JSON.parse(text) as Diagnosis;
    expect(documentErrors(diagnosis)).toEqual([]);
    const titles = diagnosis.findings.map(({ title }) => title);
    return { service: diagnosis.service, titles, code };
  }

  it('a server is reported with its queue, its owner, its exposure and its clients', async () => {
    const { service, titles, code } = await serviceIn('service', 'calm', ['--port', '7071']);
    expect(service).toMatchObject({
      ...{ asked: { by: 'port', value: '7071' }, status: 'listening', listenerCount: 1 },
      listeners: [
        {
          local: { address: '127.0.0.1', port: 7071 },
          owners: [{ program: 'app', uid: 0, startedAt: expect.stringMatching(/^20/) }],
          exposure: { kind: 'loopback' },
          acceptQueue: { length: 1, limit: 16 },
        },
      ],
      incoming: { count: 3, states: { ESTABLISHED: 3 }, addresses: 1 },
      outgoing: { count: 3 },
      clients: [{ program: 'app', count: 3 }],
      ...{ elsewhere: null, forwards: [], units: null, bound: [] },
    });
    expect([titles, code]).toEqual([[], 0]);
  });

  it('it is found by its program too', async () => {
    const { service } = await serviceIn('service', 'calm', ['--program', 'app']);
    expect(service).toMatchObject({
      ...{ status: 'listening', listenerCount: 1 },
      // The one that was not accepted yet is nobody's.
      ...{ incoming: { count: 2 }, outgoing: { count: 3 } },
    });
  });

  it('and people read it', async () => {
    const { text } = await asked('service', 'calm', ['-n', '--port', '7071']);
    const lines = text.replaceAll(/app \d+/g, 'app PID').replaceAll(/since \S+Z/g, 'since …');
    expect(lines.replaceAll(/\n {10}/g, ' ').split('\n')).toEqual([
      'SERVICE  port 7071: listening',
      '  at      127.0.0.1:7071 (tcp)',
      '  by      app PID, user 0, since …',
      '  reach   only from this machine; IPv4 only.',
      '  queue   127.0.0.1:7071: 1 of at most 16 waiting to be accepted',
      '  clients 3 connections to it: 3 ESTABLISHED; from 127.0.0.1 (3)',
      '  uses    3 connections of this machine to that port: 3 ESTABLISHED; to 127.0.0.1 (3); by app PID',
      '',
      'Nothing found: 1 check ran. But only this machine can reach the service.',
      '',
    ]);
  });

  it('no listener at the port is a finding', async () => {
    const { service, titles, code } = await serviceIn('service', 'fault', ['--port', '7071']);
    expect(service).toMatchObject({ status: 'absent', elsewhere: [], listenerCount: 0 });
    expect([titles, code]).toEqual([['no listener at port 7071'], 1]);
  });

  it('of UDP it is told what senders get, as they do', async () => {
    const send = `import socket
for connected in (True, False):
    sender = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sender.settimeout(0.5)
    if connected:
        sender.connect(("127.0.0.1", 7079))
        sender.send(b"x")
    else:
        sender.sendto(b"x", ("127.0.0.1", 7079))
    try:
        sender.recv(1)
    except OSError as error:
        print(type(error).__name__, end=" ", flush=True)`;
    const words = ['/bin/sh', '-c', '/usr/bin/python3 -c "$0" && exec "$@"', send, ...zoo.program];
    const args = ['--diagnose', 'no-listener', '-u', '--port', '7079', '--json'];
    const { text } = await run('service', 'calm', [...words, ...args]);
    expect(text.slice(0, text.indexOf('{'))).toMatch(/^ConnectionRefusedError (?:Timeout|timeout)/);
    const { findings } = JSON.parse(text.slice(text.indexOf('{'))) as Diagnosis;
    expect(findings.map(({ why }) => why)).toEqual([
      'Packets to port 7079 of this machine are answered with ICMP port unreachable: a sender whose socket is connected gets ECONNREFUSED, others hear nothing.',
    ]);
  });

  it('ndjson has the service in the first line', async () => {
    const { text } = await asked('service', 'fault', ['--port', '7071', '--format', 'ndjson']);
    const lines = text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines.map(({ report }) => report)).toEqual(['service', 'findings']);
    expect(lines.flatMap(lineErrors)).toEqual([]);
  });

  it('a program without sockets is a finding', async () => {
    const { titles, code } = await serviceIn('service', 'fault', ['--program', 'app']);
    expect([titles, code]).toEqual([['no program app has a socket'], 1]);
  });

  it('a service out of descriptors is told, and no other process is', async () => {
    for (const [kind, expected] of [
      [
        'fault',
        [[expect.stringMatching(/^app \(PID \d+\) has 9\d % of its descriptors open$/), ['app']]],
      ],
      ['calm', []],
    ] as const) {
      for (const words of [
        ['--port', '7072'],
        ['--program', 'app'],
      ]) {
        const { text } = await run('service-open-files', kind, [
          ...[...zoo.program, '--diagnose', ...words, '--json'],
        ]);
        const { findings } = JSON.parse(text) as Diagnosis;
        const told = findings.map(({ title, processes }) => [
          ...[title, processes.map(({ program }) => program)],
        ]);
        expect(told).toEqual(expected);
      }
    }
  });

  it('a port that is bound but does not listen is distinguished from one that does', async () => {
    const fault = await serviceIn('service-bound', 'fault', ['--port', '7071']);
    expect(fault.service).toMatchObject({
      ...{ status: 'bound', bound: [{ owners: [{ program: 'sleep' }] }] },
    });
    expect(fault.titles).toEqual(['port 7071 is taken, but its holder does not listen']);
    const calm = await serviceIn('service-bound', 'calm', ['--port', '7071']);
    expect([calm.service?.status, calm.titles]).toEqual(['listening', []]);
  });

  it('connections that keep a server from binding the port are named', async () => {
    const fault = await serviceIn('service-taken', 'fault', ['--port', '7071']);
    expect(fault.service).toMatchObject({
      ...{ status: 'taken', incoming: { count: 0 }, outgoing: { count: 0 } },
      ...{ opened: { count: 1, busiest: [{ address: '127.0.0.1' }] } },
      holding: [{ remote: { port: 7080 }, owners: [{ program: 'app' }] }],
    });
    expect(fault.titles).toEqual(['no listener at port 7071, which a connection was opened from']);
    const calm = await serviceIn('service-taken', 'calm', ['--port', '7071']);
    expect(calm.service).toMatchObject({
      ...{ status: 'connected', incoming: { count: 2 }, opened: { count: 0 } },
    });
    const left = (calm.service?.holding ?? []).map(({ state, owners }) => [
      ...[state, owners?.[0]?.program],
    ]);
    expect(left.toSorted()).toEqual([
      ['ESTABLISHED', 'app'],
      ['TIME_WAIT', undefined],
    ]);
    expect(calm.titles).toEqual(['no listener at port 7071']);
  });

  it('which end opened a connection is told by the kernel, or not known', async () => {
    const gone = ['--port', '40123'];
    expect((await serviceIn('service-direction', 'fault', gone)).service).toMatchObject({
      ...{ status: 'connected', incoming: { count: 1 }, opened: { count: 0 } },
      unclear: { count: 0 },
    });
    const ftp = await serviceIn('service-direction', 'calm', ['--port', '20']);
    expect(ftp.service).toMatchObject({
      ...{ status: 'taken', incoming: { count: 0 }, unclear: { count: 0 } },
      opened: { count: 2, states: { ESTABLISHED: 1, FIN_WAIT2: 1 } },
    });
    const files = ['no-listener', '--source', 'proc', '--json'];
    for (const [kind, args, count] of [
      ['fault', gone, 1],
      ['calm', ['--port', '20'], 2],
    ] as const) {
      const words = [...zoo.program, '--diagnose', ...files, ...args];
      const { text } = await run('service-direction', kind, words);
      expect((JSON.parse(text) as Diagnosis).service).toMatchObject({
        ...{ status: 'connected', incoming: { count: 0 }, opened: { count: 0 } },
        unclear: { count },
      });
    }
  });

  it('a client of another machine is told to be one', async () => {
    const { service, titles } = await serviceIn('service-client', 'calm', ['--port', '7071']);
    expect(service).toMatchObject({ status: 'client', outgoing: { count: 3 }, units: [] });
    expect(titles).toEqual([
      'nothing listens at port 7071 here; this machine is a client of 10.99.0.2',
    ]);
    const serious = ['--port', '7071', '--severity', 'warning'];
    expect((await serviceIn('service-client', 'calm', serious)).code).toBe(0);
  });

  it('a client of this machine itself, at another address, is none of others', async () => {
    const { service, titles, code } = await serviceIn('service-client', 'fault', [
      '--port',
      '7071',
    ]);
    expect(service).toMatchObject({ status: 'connected', outgoing: { count: 3 }, units: [] });
    expect([titles, code]).toEqual([['no listener at port 7071'], 1]);
  });

  it('clients are counted over all connections, the most first', async () => {
    for (const filter of [
      ['--port', '7071'],
      ['--remote', '127.0.0.1'],
    ]) {
      const { service } = await serviceIn('service-clients', 'calm', filter);
      expect(service?.clients.map(({ program, count }) => [program, count])).toEqual([
        ['most', 60],
        ['more', 40],
        ['few', 3],
      ]);
    }
  });

  it('connections of a program at the port of another came to it', async () => {
    const { service } = await serviceIn('service-handed', 'calm', ['--program', 'app']);
    expect(service).toMatchObject({
      ...{ status: 'connected', incoming: { count: 1 }, outgoing: { count: 1 } },
      clients: [{ program: 'app', count: 1 }],
    });
  });

  it('a program with UNIX sockets alone is there', async () => {
    for (const args of [[], ['-x']]) {
      const named = [...args, '--program', 'app'];
      const fault = await serviceIn('service-unix', 'fault', named);
      expect(fault.service).toMatchObject({
        ...{ status: 'portless', portless: [{ protocol: 'unix', path: '@app' }] },
      });
      expect([fault.titles, fault.code]).toEqual([[], 0]);
    }
    const { service } = await serviceIn('service-unix', 'calm', ['--program', 'app']);
    expect(service).toMatchObject({ status: 'listening', portless: null });
  });

  it('to an ordinary user, a program whose sockets are hidden is not known', async () => {
    const nobody = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'];
    const words = [...nobody, ...zoo.program, '--diagnose', 'no-listener'];
    const hidden = await run('service', 'calm', [...words, '--program', 'app', '--json']);
    const { service, findings, notRun } = JSON.parse(hidden.text) as Diagnosis;
    expect([service?.status, findings, hidden.code]).toEqual(['unknown', [], 2]);
    expect(notRun.map(({ check }) => check)).toEqual(['no-listener']);
    expect(hidden.stderr).toContain('whether app has sockets is not known');
  });

  it('a server of IPv6 counts for IPv4 as its program wants it', async () => {
    const ipv4 = (kind: 'fault' | 'calm') =>
      serviceIn('service-families', kind, ['-4', '--port', '7071']);
    const fault = await ipv4('fault');
    expect([fault.service?.status, fault.titles]).toEqual([
      'absent',
      ['no listener at port 7071 (only IPv4 sockets)'],
    ]);
    const calm = await ipv4('calm');
    expect([calm.service?.status, calm.titles]).toEqual(['listening', []]);
    const reach = async (kind: 'fault' | 'calm', ...args: string[]) => {
      const { text } = await asked('service-families', kind, ['-n', '--port', '7071', ...args]);
      return /reach.*; (.*)\.$/m.exec(text.replaceAll(/\n {10}/g, ' '))?.[1];
    };
    expect(await reach('fault')).toBe('IPv6 only');
    expect(await reach('calm', '-4')).toBe('IPv4 and IPv6');
  });

  it('a server of another network namespace is found, and whether a port leads there', async () => {
    const fault = await serviceIn('service-elsewhere', 'fault', ['--port', '7071']);
    expect(fault.service).toMatchObject({
      status: 'elsewhere',
      elsewhere: [{ local: { port: 7071 }, owners: [{ program: 'python3' }] }],
    });
    expect(fault.titles).toEqual(['no listener at port 7071 in this network namespace']);
    const calm = await serviceIn('service-elsewhere', 'calm', ['--port', '7071']);
    expect(calm.service).toMatchObject({
      ...{ status: 'published', elsewhere: [{ local: { port: 80 } }] },
    });
    expect([calm.titles, calm.code]).toEqual([[], 0]);
  });
});

const units = {
  'app.socket': '[Socket]\nListenStream=127.0.0.1:7071\n',
  'app.service': '[Service]\nExecStart=/usr/bin/sleep 600\n',
  'other.service':
    '[Unit]\nDefaultDependencies=no\n[Service]\nEnvironment=PORT=7072\nExecStart=/usr/bin/sleep 600\n',
};

describe.skipIf(noSystemd ?? skipReason)(`units of a service${because(noSystemd)}`, () => {
  let systemd: Systemd;
  beforeAll(async () => {
    const own = Object.entries(units).map(([name, text]) => [
      name,
      text.startsWith('[Unit]') ? text : `[Unit]\nDefaultDependencies=no\n${text}`,
    ]);
    systemd = await startSystemd(Object.fromEntries(own));
    // Where units are looked for.
    const copy = 'mkdir -p /run/systemd/system && cp /run/units/* /run/systemd/system/';
    await systemd.inside('sh', '-ec', `${copy}; ip link set lo up; systemctl start app.socket`);
  });
  afterAll(() => systemd?.stop());

  async function service(port: number) {
    const args = ['--diagnose', 'no-listener', '--port', String(port), '--json'];
    const { stdout } = await systemd.inside(...program, ...args);
    return (JSON.parse(stdout.toString()) as Diagnosis).service;
  }

  it('reports the unit that listens', async () => {
    expect(await service(7071)).toMatchObject({
      ...{ status: 'listening', units: null },
      listeners: [{ owners: [{ pid: 1 }], workload: { name: 'app.socket' } }],
    });
  });

  it('one that is stopped is the one that would listen', async () => {
    await systemd.inside('systemctl', 'stop', 'app.socket');
    expect(await service(7071)).toMatchObject({
      status: 'absent',
      units: [{ unit: 'app.socket', how: 'listens', isEnabled: false, isRunning: null }],
    });
  });

  it('reports whether a service that names the port runs', async () => {
    const namingUnit = { unit: 'other.service', how: 'names', setting: 'Environment=PORT=7072' };
    expect((await service(7072))?.units).toMatchObject([{ ...namingUnit, isRunning: false }]);
    await systemd.inside('systemctl', 'start', 'other.service');
    expect((await service(7072))?.units).toMatchObject([{ ...namingUnit, isRunning: true }]);
  });
});
