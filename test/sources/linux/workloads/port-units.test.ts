import { describe, expect, it } from 'vitest';
import { hasNumber, portUnits } from '../../../../src/sources/linux/workloads/port-units.ts';
import { fakeProc } from '../support/fake-proc.ts';
import { type MachineFiles, machineRoot } from './machine.ts';

const etc = '/etc/systemd/system';
const usr = '/usr/lib/systemd/system';

function found(files: MachineFiles, cgroup = '0::/init.scope\n', protocols = ['tcp']) {
  const proc = fakeProc({ processes: { 1: { fd: {} } }, files: { '1/cgroup': cgroup } });
  return portUnits(proc, machineRoot(files), protocols, 7071);
}

const socket = '[Socket]\nListenStream=7071\n';
const service = (...lines: readonly string[]) => `[Unit]\nX=7071\n[Service]\n${lines.join('\n')}\n`;

describe('units that would have a port', () => {
  it('are sockets that are set to listen there', () => {
    expect(found({ [`${usr}/app.socket`]: socket })).toEqual([
      {
        ...{ unit: 'app.socket', path: `${usr}/app.socket`, how: 'listens' },
        ...{ setting: 'tcp [::]:7071', isEnabled: false, isRunning: null },
      },
    ]);
  });

  it('are not sockets of another protocol', () => {
    expect(found({ [`${usr}/app.socket`]: socket }, '', ['udp'])).toEqual([]);
  });

  it.each([
    ['a command line', 'ExecStart=/usr/bin/app --port 7071'],
    ['an address in it', 'ExecStart=/usr/bin/app 0.0.0.0:7071'],
    ['an environment', 'Environment=PORT=7071'],
  ])('are services that have it in %s', (_, line) => {
    expect(found({ [`${usr}/app.service`]: service(line) })).toMatchObject([
      { unit: 'app.service', how: 'names', setting: line, isRunning: false },
    ]);
  });

  it('are services that have it in a file of their environment, but for its comments', () => {
    const unit = { [`${usr}/app.service`]: service('EnvironmentFile=-/etc/default/app') };
    const text = (line: string) => found({ ...unit, '/etc/default/app': `A=1\n${line}\n` });
    expect(text('PORT=7071')).toMatchObject([{ setting: '/etc/default/app: PORT=7071' }]);
    expect(text('# PORT=7071')).toEqual([]);
  });

  it.each([
    ['/etc/default/my-app', '/etc/default/my-app', true],
    ['-/etc/default/my-app', '/etc/default/my-app', true],
    ['etc/default/app', '/etc/default/app', false],
    ['/etc/default/*', '/etc/default/*', false],
    ['/etc/default/[a]', '/etc/default/[a]', false],
  ])('have %s as a file of their environment: %s is read: %s', (value, file, isRead) => {
    const unit = { [`${usr}/app.service`]: service(`EnvironmentFile=${value}`) };
    expect(found({ ...unit, [file]: 'PORT=7071\n' })).toHaveLength(isRead ? 1 : 0);
  });

  it('show no more of a long line than its beginning', () => {
    const line = `ExecStart=/usr/bin/app --port 7071 ${'x'.repeat(500)}`;
    const [unit] = found({ [`${usr}/app.service`]: service(line) });
    expect(unit?.setting).toBe(line.slice(0, 200));
  });

  it.each([
    ['in a description', 'User=app'],
    ['within another number', 'ExecStart=/usr/bin/app --port 17071'],
    ['in a setting that opens nothing', 'TimeoutSec=7071'],
  ])('are not services that have it %s', (_, line) => {
    expect(found({ [`${usr}/app.service`]: service(line) })).toEqual([]);
  });

  it('count a drop-in, and a link that starts them with the machine', () => {
    const files = {
      [`${usr}/app.service`]: service('User=app'),
      [`${etc}/app.service.d/port.conf`]: service('Environment=PORT=7071'),
      [`${etc}/multi-user.target.wants/app.service`]: '',
    };
    expect(found(files)).toMatchObject([{ unit: 'app.service', isEnabled: true }]);
  });

  it.each([
    ['ExecStart=/usr/bin/app --port 7071', ['ExecStart='], []],
    ['Environment=PORT=7071', ['Environment='], []],
    ['EnvironmentFile=/etc/default/app', ['EnvironmentFile='], []],
    ['ExecStart=/usr/bin/app --port 7071', ['ExecStart=', 'ExecStart=/usr/bin/app 7072'], []],
    ['ExecStart=/usr/bin/app 7072', ['ExecStart=', 'ExecStart=/b 7071'], ['ExecStart=/b 7071']],
    // Only settings of the same key are reset.
    ['Environment=PORT=7071', ['ExecStart='], ['Environment=PORT=7071']],
  ])('consider that a drop-in resets a setting: %s, then %j', (line, later, expected) => {
    const files = {
      '/etc/default/app': 'PORT=7071\n',
      [`${usr}/app.service`]: service(line),
      [`${etc}/app.service.d/port.conf`]: service(...later),
    };
    expect(found(files).map(({ setting }) => setting)).toEqual(expected);
  });

  it('run where a process is in them', () => {
    const files = { [`${usr}/app.service`]: service('ExecStart=/usr/bin/app 7071') };
    expect(found(files, '0::/system.slice/app.service\n')).toMatchObject([{ isRunning: true }]);
    expect(found(files, '0::/system.slice/my-app.service\n')).toMatchObject([{ isRunning: false }]);
    for (const own of [
      ...['user@1000.service/app.slice', 'user-1000.slice/session-3.scope'],
      'user@1000.service/line\u2028end',
    ]) {
      const cgroup = `0::/user.slice/${own}/app.service\n`;
      expect(found(files, cgroup)).toMatchObject([{ isRunning: false }]);
    }
  });
});

it.each([
  ['7071', true],
  ['--port=7071', true],
  ['-p7071', true],
  ['[::]:7071', true],
  ['7071.', true],
  ['17071', false],
  ['70711', false],
  ['1.7071', false],
  ['7071.5', false],
])('a number stands in %s by itself: %s', (text, expected) => {
  expect(hasNumber(text, 7071)).toBe(expected);
});
