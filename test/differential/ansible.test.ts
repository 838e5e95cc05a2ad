/** The playbook of contrib/ansible with the real Ansible: one host of its own network, one over the real ssh. */
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Output, run } from '../support/command.ts';
import { type Network, startNetwork } from '../support/network.ts';
import { programFiles, quotedCommand, quotedProgram } from '../support/program.ts';
import { reasonToSkip } from '../support/requirements.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { lineErrors } from '../views/text/support/schema.ts';

const root = join(import.meta.dirname, '../..');
const page = readFileSync(join(root, 'docs/pipelines.md'), 'utf8');
const playbook = 'contrib/ansible/listeners.yml';
const reason = reasonToSkip({
  platforms: ['linux'],
  root: true,
  programs: [
    ...['ansible-playbook', '/usr/sbin/sshd', 'ssh', 'ssh-keygen', 'bash', 'ip'],
    ...['/usr/bin/python3', 'unshare', 'nsenter'],
  ],
  files: programFiles,
});

describe.skipIf(reason !== null)(`contrib/ansible (${reason ?? 'with the real Ansible'})`, () => {
  // Each task starts Python on each host.
  const minutes = { timeout: 600_000 };
  const folder = temporaryFolder('tsnetstat-ansible-');
  const file = (name: string) => join(folder, name);
  const networks: Network[] = [];
  // What programs call themselves must be neither a template of Ansible's nor the end of a cell or a line.
  const awkward = '{{ 7 * 7 }}","x\ny\u2028z';

  beforeAll(async () => {
    const [here, there] = [await startNetwork(), await startNetwork()];
    networks.push(here, there);
    await here.listen(8080, awkward);
    await there.listen(9090, 'api');
    // sshd looks for it, and Debian's own unit makes it. It stays: other suites' servers need it too.
    mkdirSync('/run/sshd', { recursive: true, mode: 0o755 });
    symlinkSync(join(root, 'contrib'), file('contrib'));
    const program = file('tsnetstat');
    writeFileSync(program, `#!/bin/sh\nexec ${quotedProgram} "$@"\n`);
    chmodSync(program, 0o755);
    for (const name of ['host', 'user']) {
      await run(['ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-f', file(name)]);
    }
    writeFileSync(file('known'), `there ${readFileSync(file('host.pub'), 'utf8')}`);
    const settings = [
      `HostKey ${file('host')}`,
      `AuthorizedKeysFile ${file('user.pub')}`,
      'StrictModes no',
      'UsePAM no',
      'PasswordAuthentication no',
      'Subsystem sftp internal-sftp',
      'LogLevel ERROR',
    ];
    writeFileSync(file('sshd'), `${settings.join('\n')}\n`);
    const proxy = quotedCommand(there.inside(['/usr/sbin/sshd', '-i', '-f', file('sshd')]));
    const ssh = [
      `Host there\n  ProxyCommand ${proxy}`,
      `IdentityFile ${file('user')}`,
      'IdentitiesOnly yes',
      `UserKnownHostsFile ${file('known')}`,
      'GlobalKnownHostsFile /dev/null',
      'StrictHostKeyChecking yes',
      'BatchMode yes',
      'ControlMaster auto',
      `ControlPath ${file('shared')}`,
      'ControlPersist 60',
      'User root',
    ];
    writeFileSync(file('ssh'), `${ssh.join('\n  ')}\nHost gone\n  ProxyCommand false\n`);
    writeFileSync(file('ansible.cfg'), '[defaults]\n');
    writeFileSync(
      file('inventory'),
      [
        'here ansible_connection=local',
        'there ansible_connection=ssh',
        'gone ansible_connection=ssh',
        '[all:vars]',
        'ansible_python_interpreter=/usr/bin/python3',
        `ansible_ssh_common_args='-F ${file('ssh')}'`,
      ].join('\n'),
    );
  });
  afterAll(async () => {
    await run(['ssh', '-F', file('ssh'), '-O', 'exit', 'there']);
    for (const network of networks) await network.stop();
  });

  function play(...args: readonly string[]): Promise<Output> {
    const settings = {
      HOME: folder,
      ANSIBLE_CONFIG: file('ansible.cfg'),
      ANSIBLE_NOCOLOR: '1',
      // What it adds of its own; connections are shared as the test's file says.
      ANSIBLE_SSH_ARGS: '',
      ANSIBLE_PIPELINING: '1',
      // To connect and for each task's connection; the machine may be busy.
      ANSIBLE_TIMEOUT: '200',
    };
    const [network] = networks as [Network];
    return run(
      network.inside([
        'env',
        ...Object.entries(settings).map(([name, value]) => `${name}=${value}`),
        ...['sh', '-c', 'cd "$0" && exec "$@"', folder, 'ansible-playbook', ...args],
      ]),
    );
  }
  const text = ({ stdout, stderr }: Output) => `${stdout}${stderr}`;

  it('writes who listens on each host, local and over ssh, into one CSV', minutes, async () => {
    // As the page shows it, but for what makes root of others.
    const [, before = '', behind = ''] = /^ansible-playbook (.*) --become (.*)$/m.exec(page) ?? [];
    const played = await play(
      ...`${before} ${behind}`.split(' '),
      ...['--limit', 'here,there', '-e', `tsnetstat=${file('tsnetstat')}`],
    );
    expect(played.code, text(played)).toBe(0);
    const [header] = /^host,.*$/m.exec(page) ?? [];
    expect(parse(readFileSync(file('listeners.csv'), 'utf8'))).toEqual([
      header?.split(','),
      ['here', 'tcp', '127.0.0.1', '8080', awkward, expect.anything()],
      ['there', 'tcp', '127.0.0.1', '9090', 'api', expect.anything()],
    ]);
  });

  it(
    'sends an executable if there is none, and reports what a failing host leaves of the others',
    minutes,
    async () => {
      const to = file('listeners.ndjson');
      const played = await play(
        ...['-v', '-i', 'inventory', playbook, '--limit', 'there,gone'],
        ...['-e', `to=${to}`, '-e', `executable=${file('tsnetstat')}`],
      );
      expect(played.stdout.toString()).toMatch(/^gone .*unreachable=1 /m);
      expect(played.code).toBe(4);
      // A single line too is as it came, not JSON that was written anew.
      expect(readFileSync(to, 'utf8')).toMatch(/^\{"host":"there","schemaVersion":1,.*\}\n$/);
      const rows = readFileSync(to, 'utf8')
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line));
      expect(rows.map(({ host, local, owners }) => [host, local.port, owners[0].program])).toEqual([
        ['there', 9090, 'api'],
      ]);
      for (const { host: _, ...row } of rows) expect(lineErrors(row)).toEqual([]);
      const made = [...text(played).matchAll(/"path": "(\S*\/tsnetstat-[^"/]*)"/g)].map(
        ([, path = '']) => path,
      );
      expect(made.length).toBeGreaterThanOrEqual(2);
      expect(made.filter((path) => existsSync(path))).toEqual([]);
    },
  );
});
