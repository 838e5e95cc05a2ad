/** docs/systemd/tsnetstat.service, as it stands, under the real systemd. */
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { run } from '../support/command.ts';
import { isExecutable, program, programFiles } from '../support/program.ts';
import { because, reasonToSkip } from '../support/requirements.ts';
import { noSystemd, type Systemd, startSystemd } from '../support/systemd.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const unit = readFileSync(
  fileURLToPath(new URL('../../docs/systemd/tsnetstat.service', import.meta.url)),
  'utf8',
);
const reason =
  noSystemd ??
  reasonToSkip({
    platforms: ['linux'],
    root: true,
    programs: ['/usr/bin/python3', 'systemd-analyze'],
    files: programFiles,
  });

/** Where the program lies for the unit: it sees no home and has a /tmp of its own. */
const installed = '/run/tsnetstat';
const command = '/usr/local/bin/tsnetstat';

/** The unit on another port, with what it runs where the test has it. */
function unitOn(port: number, text = unit): string {
  return (
    text
      .replaceAll(command, `${installed}/tsnetstat`)
      .replaceAll('/etc/tsnetstat/auth', `${installed}/credentials`)
      .replaceAll(':9917', `:${port}`)
      // Its clients do not leave: if it waited for them it would be killed, however long it is given.
      .replace('TimeoutStopSec=5', 'TimeoutStopSec=30')
  );
}

const withoutCapabilities = unit.replaceAll(/^(?:Ambient|.*Bounding).*CAP_.*\n/gm, '');
/** The lines about other machines, without their comment sign. */
const withCredentials = unit.replaceAll(/^# {3}((?:LoadCredential|ExecStart)=.*)$/gm, '$1');

const listener = (port: number) =>
  `import socket, time; s = socket.socket(); s.bind(('127.0.0.1', ${port})); s.listen(); time.sleep(1e6)`;
const fetching = `
import http.client, json, sys
port, path, headers = json.loads(sys.argv[1])
connection = http.client.HTTPConnection('127.0.0.1', port, timeout=100)
connection.request('GET', path, headers=headers)
answer = connection.getresponse()
print(json.dumps([answer.status, answer.read().decode()]))`;

describe.skipIf(reason !== null)(`the unit of docs/systemd${because(reason)}`, () => {
  let systemd: Systemd;
  const folder = temporaryFolder('tsnetstat-unit-');

  beforeAll(async () => {
    systemd = await startSystemd({
      'tsnetstat.service': unitOn(9917),
      'blind.service': unitOn(9918, withoutCapabilities),
      'half.service': unitOn(9920, unit.replaceAll('PTRACE CAP_DAC_READ_SEARCH', 'PTRACE')),
      'guarded.service': unitOn(9919, withCredentials),
      'other.service': `[Unit]
DefaultDependencies=no
[Service]
User=65534
ExecStart=/usr/bin/python3 -c "${listener(4711)}"
`,
    });
    const [first, script = ''] = program;
    await inside('mkdir', installed);
    if (isExecutable) {
      await inside('install', '-m', '755', first, `${installed}/tsnetstat`);
    } else {
      const root = dirname(dirname(script));
      await inside('cp', '-r', `${root}/bin`, `${root}/dist`, `${root}/package.json`, installed);
      await inside('mkdir', `${installed}/node_modules`);
      await inside('cp', '-r', `${root}/node_modules/@koromix`, `${installed}/node_modules`);
      await inside('install', '-m', '755', first, `${installed}/node`);
      const wrapper = join(folder, 'tsnetstat');
      const start = `#!/bin/sh\nexec ${installed}/node ${installed}/bin/tsnetstat.js "$@"\n`;
      writeFileSync(wrapper, start);
      await inside('install', '-m', '755', wrapper, installed);
    }
    await inside('systemctl', 'start', 'other.service');
    // It has started before it listens.
    while (!(await inside('ss', '-Htln', 'sport = :4711')).includes(':4711')) await sleep(50);
  }, 300_000);
  afterAll(async () => {
    await systemd?.stop();
  });

  async function inside(...words: readonly string[]): Promise<string> {
    const { stdout, stderr, code } = await systemd.inside(...words);
    if (code !== 0) throw new Error(`${words.join(' ')}: ${stdout}${stderr}`);
    return stdout.toString();
  }

  /** Starts a unit and returns when it serves. */
  async function start(name: string): Promise<void> {
    const { code } = await systemd.inside('systemctl', 'start', name);
    for (;;) {
      const journal = await inside('journalctl', '--no-pager', '-u', name, '-o', 'cat');
      if (code !== 0 || journal.includes('Failed with result')) throw new Error(journal);
      if (journal.includes('serving metrics at')) return;
      await sleep(100);
    }
  }

  async function fetch(port: number, path = '/metrics', headers = {}) {
    const request = JSON.stringify([port, path, headers]);
    const answer = await inside('/usr/bin/python3', '-c', fetching, request);
    const [status, text] = JSON.parse(answer) as [number, string];
    return { status, text };
  }

  const property = async (unitName: string, name: string) =>
    (await inside('systemctl', 'show', '--value', '-p', name, unitName)).trim();
  /** The value of the one series whose line begins so. */
  const value = (text: string, series: string) =>
    Number(
      text
        .split('\n')
        .find((line) => line.startsWith(series))
        ?.split(' ')
        .at(-1),
    );

  it('systemd finds no mistake in it, and little that it may do', async () => {
    const path = join(folder, 'tsnetstat.service');
    writeFileSync(path, unit.replaceAll(command, '/bin/true'));
    const verified = await run(['systemd-analyze', 'verify', '--man=no', path]);
    expect([verified.code, verified.stderr]).toEqual([0, '']);
    const judged = await run([
      ...['systemd-analyze', 'security', '--offline=true', '--threshold=25', path],
    ]);
    expect([judged.code, `${judged.stdout}`]).toEqual([0, expect.stringContaining(' OK ')]);
  });

  it("reports the owners of others' sockets, as the user nobody", async () => {
    await start('tsnetstat');
    const { status, text } = await fetch(9917);
    expect(status).toBe(200);
    expect(text).toMatch(/^tsnetstat_listener\{[^}]*port="4711"[^}]*program="python3".*\} 1$/m);
    expect(text).toMatch(/^tsnetstat_listener\{[^}]*port="4711".*workload="other.service"/m);
    expect(value(text, 'tsnetstat_sockets_without_owner{reason="denied"')).toBe(0);
    const pid = await property('tsnetstat', 'MainPID');
    const said = await inside('cat', `/proc/${pid}/status`);
    expect(said).not.toMatch(/^Uid:\t0\b/m);
    // CAP_DAC_READ_SEARCH is bit 2, CAP_SYS_PTRACE bit 19.
    expect(said).toMatch(/^CapEff:\t0000000000080004$/m);
    expect(said).toMatch(/^CapBnd:\t0000000000080004$/m);
    expect(said).toMatch(/^NoNewPrivs:\t1$/m);
  });

  it('it is ended in order, in the middle of connections', async () => {
    expect(await property('tsnetstat', 'ActiveState')).toBe('active');
    await inside(
      ...['systemd-run', '--unit=client', '/usr/bin/python3', '-c'],
      `import socket, time; a = [socket.create_connection(('127.0.0.1', 9917)) for _ in range(9)]; time.sleep(1e6)`,
    );
    const connected = ['ss', '-Htn', 'state', 'established', 'sport = :9917'];
    while ((await inside(...connected)).split('\n').length <= 9) await sleep(50);
    await inside('systemctl', 'stop', 'tsnetstat');
    const journal = await inside('journalctl', '--no-pager', '-u', 'tsnetstat', '-o', 'cat');
    expect(journal).toContain('tsnetstat.service: Deactivated successfully.');
    expect(journal).not.toMatch(/Failed|timed out|Killing/);
    await inside('systemctl', 'stop', 'client');
  });

  it('without its capabilities owners are denied, and counted; the rest is reported', async () => {
    await start('blind');
    const { text } = await fetch(9918);
    expect(text).toMatch(/^tsnetstat_listener\{[^}]*port="4711"[^}]*program="".*\} 1$/m);
    expect(value(text, 'tsnetstat_sockets_without_owner{reason="denied"')).toBeGreaterThan(0);
    const journal = await inside('journalctl', '--no-pager', '-u', 'blind', '-o', 'cat');
    expect(journal).toContain('warning: ');
  });

  it('with only one of them it reports that the other is missing', async () => {
    await start('half');
    const { text } = await fetch(9920);
    expect(value(text, 'tsnetstat_sockets_without_owner{reason="denied"')).toBeGreaterThan(0);
    const journal = await inside('journalctl', '--no-pager', '-u', 'half', '-o', 'cat');
    expect(journal).toContain('CAP_DAC_READ_SEARCH is missing');
  });

  it('for other machines it takes credentials, which systemd hands over', async () => {
    const path = `${installed}/credentials`;
    await inside('sh', '-c', `umask 077; echo 'bearer token-of-the-test' > ${path}`);
    await start('guarded');
    expect((await fetch(9919)).status).toBe(401);
    const headers = { Authorization: 'Bearer token-of-the-test' };
    expect((await fetch(9919, '/metrics', headers)).status).toBe(200);
  });
});
