import { expect, test } from 'vitest';
import { noListener } from '../../../src/analysis/checks/no-listener.ts';
import type { SystemFacts } from '../../../src/model/machine/system-facts.ts';
import type { Protocol } from '../../../src/model/protocol.ts';
import type { Service, ServiceForward, ServiceUnit } from '../../../src/model/report/service.ts';
import { inet, owner } from '../../support/builders.ts';
import { debian, found, noService, type Scene } from './support.ts';

const server = inet('0.0.0.0:7071', '0.0.0.0:0', { owners: [owner(7, 'app')] });
const unit: ServiceUnit = {
  ...{ unit: 'app.service', path: '/etc/systemd/system/app.service', how: 'names' },
  ...{ setting: 'ExecStart=/usr/bin/app --port 7071', isEnabled: true, isRunning: false },
};

const held = inet('192.0.2.1:7071', '198.51.100.9:443', { owners: [owner(5, 'curl')] });
const left = inet('192.0.2.1:7071', '198.51.100.9:50000', { state: 'TIME_WAIT' });
const away: Service['outgoing'] = {
  ...{ count: 3, states: { ESTABLISHED: 2, SYN_SENT: 1 }, addresses: 1 },
  busiest: [{ address: '198.51.100.9', count: 3 }],
};

const findings = (changes: Partial<Service>, rest: Scene['rest'] = {}) =>
  found(noListener, { rest: { ...rest, service: { ...noService, ...changes } } })[0];

test('servers that may be the program under another name are named, with how to examine them', () => {
  const python = [owner(8, 'python3'), owner(9, 'python3')];
  const similar = [
    inet('0.0.0.0:8000', '0.0.0.0:0', { owners: python }),
    inet('[::]:8000', '[::]:0', { owners: python }),
    ...[3, 4, 5].map((pid) =>
      inet(`127.0.0.1:${pid}`, '0.0.0.0:0', { owners: [owner(pid, `app ${pid}`)] }),
    ),
  ];
  const asked = { by: 'program', value: 'app' } as const;
  expect(findings({ asked, similar })).toMatchObject({
    severity: 'warning',
    observations: [
      'No visible program of that name holds a socket.',
      'That word is in the name or command line of servers: python3 (PID 8) and 1 other process at 0.0.0.0:8000, [::]:8000; app 3 (PID 3) at 127.0.0.1:3; app 4 (PID 4) at 127.0.0.1:4; 1 other.',
    ],
    seen: { similar: 5 },
    command: ['-tulnp', 'sport', '=', ':8000'],
    remedy: expect.stringMatching(
      /^If one of these is meant, select its port: `tsnetstat --diagnose --port 8000`\. See whether it runs: /,
    ),
  });
  expect(findings({ asked, similar: [] })?.observations).toHaveLength(1);
});

test.each<[string, Partial<Service>, string | null]>([
  ['nobody', {}, 'critical: no listener at port 7071'],
  [
    'somebody who does not listen',
    { status: 'bound', bound: [server] },
    'critical: port 7071 is taken, but its holder does not listen',
  ],
  [
    'somebody in another network namespace',
    { status: 'elsewhere', elsewhere: [server] },
    'critical: no listener at port 7071 in this network namespace',
  ],
  [
    'connections elsewhere are no server',
    { status: 'connected' },
    'critical: no listener at port 7071',
  ],
  [
    'a connection that was opened from the port',
    { status: 'taken', holding: [held] },
    'critical: no listener at port 7071, which a connection was opened from',
  ],
  [
    'that port of another machine in use',
    { status: 'client', outgoing: away },
    'note: nothing listens at port 7071 here; this machine is a client of 198.51.100.9',
  ],
  [
    'that port of other machines in use',
    { status: 'client', outgoing: { ...away, addresses: 3 } },
    'note: nothing listens at port 7071 here; this machine is a client of 198.51.100.9 and 2 other addresses',
  ],
  [
    'that port of another machine in use, while a unit would have it here',
    { status: 'client', outgoing: away, units: [unit] },
    'critical: no listener at port 7071',
  ],
  [
    'the same, but the unit is not enabled',
    { status: 'client', outgoing: away, units: [{ ...unit, isEnabled: false, isRunning: false }] },
    'note: nothing listens at port 7071 here; this machine is a client of 198.51.100.9',
  ],
  ['a server is silent', { status: 'listening' }, null],
  ['a published port is silent', { status: 'published' }, null],
  [
    'a program without sockets',
    { asked: { by: 'program', value: 'app' } },
    'warning: no program app has a socket',
  ],
  [
    'a program that only connects is silent',
    { asked: { by: 'program', value: 'app' }, status: 'connected' },
    null,
  ],
  [
    'a program with UNIX sockets is silent',
    { asked: { by: 'program', value: 'app' }, status: 'portless' },
    null,
  ],
  [
    'a program whose sockets are hidden is silent',
    { asked: { by: 'program', value: 'app' }, status: 'unknown' },
    null,
  ],
  ['an address is silent', { asked: { by: 'remote', value: '192.0.2.1' } }, null],
])('%s', (_, changes, expected) => {
  const finding = findings(changes);
  expect(finding === undefined ? null : `${finding.severity}: ${finding.title}`).toBe(expected);
});

const web = { inode: 5, name: 'web', own: false };
const forward = (changes: Partial<ServiceForward> = {}): ServiceForward => ({
  ...{ protocol: 'tcp', hostAddress: null, hostPort: 7071, address: '172.20.0.2', port: 80 },
  ...{ netns: web, isServed: false, servers: [] },
  ...changes,
});
const there = (local: string) =>
  inet(local, '0.0.0.0:0', { netns: web, owners: [owner(9, 'perl')] });
const toNobody = 'port 7071 is forwarded to 172.20.0.2:80 in web, where nothing listens';

test.each<[Service['status'], readonly ServiceForward[], readonly string[]]>([
  ['unserved', [forward()], [`critical: ${toNobody}`]],
  ['listening', [forward()], [`warning: ${toNobody}`]],
  ['published', [forward({ isServed: true }), forward()], [`warning: ${toNobody}`]],
  ['listening', [forward({ isServed: true }), forward({ isServed: null })], []],
  [
    'forwarded',
    [forward(), forward({ isServed: null })],
    [`warning: ${toNobody}`, 'note: port 7071 is forwarded to where servers cannot be seen'],
  ],
])('of a port that is %s, forwarded as %j', (status, forwards, expected) => {
  const drafts = found(noListener, { rest: { service: { ...noService, status, forwards } } });
  expect(drafts.map(({ severity, title }) => `${severity}: ${title}`)).toEqual(expected);
});

test.each<[string, Partial<ServiceForward>, RegExp, RegExp]>([
  ['nobody', {}, /takes that\.$/, /^Start the server there, and check its log/],
  [
    'one on loopback',
    { servers: [there('127.0.0.1:80')] },
    /perl \(PID 9\) listens at 127\.0\.0\.1:80 there\.$/,
    /^Make the server there listen at all addresses .* not only at loopback\.$/,
  ],
  [
    'one at another address',
    { servers: [there('172.21.0.2:80')] },
    /perl \(PID 9\) listens at 172\.21\.0\.2:80 there\.$/,
    /not only at 172\.21\.0\.2:80\.$/,
  ],
  [
    'one at another port',
    { servers: [there('127.0.0.1:22'), there('0.0.0.0:8080')] },
    /listens at 127\.0\.0\.1:22 there\. .* listens at 0\.0\.0\.0:8080 there\.$/,
    /`docker run -p 7071:8080`/,
  ],
])('where a port leads there is %s', (_, changes, seen, remedy) => {
  const finding = findings({ status: 'unserved', forwards: [forward(changes)] });
  expect(finding?.observations.join(' ')).toMatch(seen);
  expect(finding?.remedy).toMatch(remedy);
});

test('why it is not known who is where a port leads', () => {
  const observed = (changes: Partial<ServiceForward>) =>
    findings({ status: 'forwarded', forwards: [forward({ isServed: null, ...changes })] })
      ?.observations[1];
  expect(observed({})).toBe(
    '7071 → 172.20.0.2:80 in web: not all about the servers of the network namespace is known.',
  );
  expect(observed({ netns: null, hostAddress: 'fd00::1', address: 'fd00::2' })).toBe(
    '[fd00::1]:7071 → [fd00::2]:80: it is not known which network namespace has that address.',
  );
});

test('datagrams that are forwarded to nobody are not refused', () => {
  const finding = findings({ status: 'unserved', forwards: [forward({ protocol: 'udp' })] });
  expect(finding?.why).toBe('What is sent to the port is answered by nobody.');
});

test.each<[string, readonly Protocol[], RegExp]>([
  ['UDP', ['udp'], /^Packets to port 7071 .* ICMP port unreachable: .* ECONNREFUSED, others/],
  ['UDP and UDP-Lite', ['udp', 'udplite'], /^Packets to port 7071 /],
  ['TCP', ['tcp'], /^Connections to port 7071 of this machine are refused\.$/],
  ['SCTP and UDP', ['sctp', 'udp'], /^Connections to port 7071 /],
])('what happens to those who ask, by %s', (_, protocols, why) => {
  expect(found(noListener, { rest: { service: noService, protocols } })[0]?.why).toMatch(why);
});

test('reports how it is reached: units, who listened before, what was not looked at', () => {
  const text = (changes: Partial<Service>) => findings(changes)?.observations.join(' ');
  expect(text({})).toMatch(/others were not examined/);
  expect(text({ elsewhere: [] })).toMatch(/in any visible network namespace/);
  expect(text({ units: [unit] })).toMatch(
    /app\.service names the port: ExecStart=.* \(it does not run, enabled\)/,
  );
  expect(text({ earlier: { takenAt: '2026-01-01T00:00:00.000Z', listeners: [server] } })).toMatch(
    /At 2026.* app \(PID 7\) listened at 0\.0\.0\.0:7071/,
  );
});

test('the remedy is the unit that would listen', () => {
  expect(findings({ units: [unit] })?.remedy).toMatch(/systemctl start app\.service/);
  expect(findings({ units: [{ ...unit, isRunning: true }] })?.remedy).toMatch(
    /journalctl -u app\.service/,
  );
  expect(findings({ units: [] })?.remedy).toMatch(/No unit file of the machine mentions the port/);
});

test('what to type is quoted for the shell, whatever the name', () => {
  const named = { asked: { by: 'program', value: 'my $(app)' } } as const;
  expect(findings(named)?.remedy).toContain("`pgrep -fa 'my \\$\\(app\\)'`");
  const escaped = { ...unit, unit: 'srv\\x2dapp.service' };
  expect(findings({ units: [escaped] })?.remedy).toContain(
    "`systemctl start 'srv\\x2dapp.service'`",
  );
  const running = { ...escaped, isRunning: true };
  expect(findings({ units: [running] })?.remedy).toContain("`journalctl -u 'srv\\x2dapp.service'`");
});

test.each([
  [
    'systemd-resolvedx',
    '`pgrep -fa systemd-resolvedx`, `systemctl status systemd-resolvedx`; a part of the name also works',
    '*systemd-resolvedx*',
  ],
  ['*ginx', "`pgrep -fa ginx`, `systemctl status '*ginx'`; a part", '*ginx*'],
  ['f*o*', "`pgrep -fa 'f.*o'`, `systemctl status 'f*o*'`; a part", '*f*o*'],
  ['*foo*', "`pgrep -fa foo`, `systemctl status '*foo*'`.", null],
  ['-bash', '`pgrep -fa -- -bash`, `systemctl status -- -bash`; a part', '*-bash*'],
  ['a.b[1]', "`pgrep -fa 'a\\.b\\[1\\]'`", '*a.b[1]*'],
])('a program called %s is looked for in command lines', (value, runs, wider) => {
  const finding = findings({ asked: { by: 'program', value } });
  expect(finding?.remedy).toContain(`See whether it runs: ${runs}`);
  expect(finding?.command).toEqual(wider === null ? null : ['-anp', '--program', wider]);
});

test('mentions only the protocols or families that were searched', () => {
  const only = (changes: Partial<Service>) =>
    found(noListener, {
      rest: { service: { ...noService, ...changes }, onlyIn: 'UDP sockets over IPv6' },
    })[0];
  expect(only({})?.title).toBe('no listener at port 7071 (only UDP sockets over IPv6)');
  expect(only({})?.observations.join(' ')).toContain('there may be another server');
  expect(only({ asked: { by: 'program', value: 'app' } })?.title).toBe(
    'no program app has UDP sockets over IPv6',
  );
});

test.each([
  ['darwin', 'No server has it.', '`pgrep -fl app`, `launchctl list`'],
  ['win32', 'No server has it.', '`tasklist`, `sc.exe query`'],
] as const)('in the words of %s', (platform, nobody, runs) => {
  expect(findings({}, { platform })?.observations).toEqual([nobody]);
  const named = { asked: { by: 'program', value: 'app' } } as const;
  expect(findings(named, { platform })?.remedy).toContain(`See whether it runs: ${runs};`);
});

test('who has the port for connections is named, and how a server gets it', () => {
  const taken = findings({ status: 'taken', holding: [held] });
  expect(taken?.observations.join(' ')).toContain(
    'curl (PID 5) has 192.0.2.1:7071 for a connection with 198.51.100.9:443 (ESTABLISHED).',
  );
  expect(taken?.why).toContain('port 7071 of this machine are refused. While connections have');
  expect(taken?.remedy).toMatch(/^End that connection.* another port\. The system does not/);
  expect(taken?.sockets).toEqual([held]);
  const over = findings({ status: 'taken', holding: [left] }, { platform: 'darwin' });
  expect(over?.remedy).toMatch(/^Wait until TIME_WAIT ends .* another port\.$/);
});

test('reserving a port is advised where the system may choose it', () => {
  const remedyWith = (system: SystemFacts['values']) =>
    found(noListener, {
      facts: system,
      rest: { service: { ...noService, status: 'taken', holding: [held] } },
    })[0]?.remedy;
  const reserve = /sysctl -w net\.ipv4\.ip_local_reserved_ports=7071/;
  expect(remedyWith({ localPortRange: { first: 7000, last: 8000 } })).toMatch(reserve);
  expect(remedyWith({ localPortRange: null })).toMatch(/If the system chose the port, add it/);
  const own = /does not choose this port .* let it use another one\.$/;
  expect(remedyWith(debian)).toMatch(own);
  const reserved = [{ first: 7071, last: 7071 }];
  const all = { first: 1024, last: 65_535 };
  expect(remedyWith({ localPortRange: all, reservedPorts: reserved })).toMatch(own);
});

test('connections that an earlier server left are named, and what is to be done about them', () => {
  const of = (count: number) => ({ count, states: {}, addresses: 1, busiest: [] });
  const holding = [left, left, left, left];
  const counts = { incoming: of(4), unclear: of(3) };
  const finding = findings({ status: 'connected', holding, ...counts });
  const text = finding?.observations.join(' ');
  expect(text).toMatch(/The kernel has .*:7071 for .* \(TIME_WAIT\)\. So it is with 4 others\.$/);
  const closing = { ...left, state: 'FIN_WAIT2', owners: [] } as const;
  const textOf = (noOwner: 'none' | 'denied') =>
    findings({ status: 'connected', holding: [{ ...closing, noOwner }], ...counts })?.observations;
  expect(textOf('none')?.join(' ')).toMatch(/The kernel has .* \(FIN_WAIT2\)/);
  expect(textOf('denied')?.join(' ')).toMatch(/An unknown process has .* \(FIN_WAIT2\)/);
  expect(finding?.remedy).toMatch(/already in use.*wait a minute.*SO_REUSEADDR need not\.$/);
  const served = findings({ status: 'connected', holding: [held] });
  expect(served?.remedy).toContain('still have the port: end the processes that have them.');
});

test('a server on loopback in another network namespace has to listen elsewhere first', () => {
  const remedyAt = (...places: string[]) =>
    findings({
      status: 'elsewhere',
      elsewhere: places.map((one) => inet(one, '0.0.0.0:0', { netns: web })),
    })?.remedy;
  expect(remedyAt('127.0.0.1:7071', '[::1]:7071')).toMatch(/^Make the server listen at 0\.0\.0\.0/);
  expect(remedyAt('127.0.0.1:7071', '10.0.0.2:7071')).toMatch(/^Publish the port/);
});
