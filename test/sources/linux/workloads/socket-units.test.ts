import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Socket } from '../../../../src/model/socket/socket.ts';
import { socketUnits } from '../../../../src/sources/linux/workloads/socket-units.ts';
import { inet, unixSocket } from '../../../support/builders.ts';
import { reasonToSkip } from '../../../support/requirements.ts';
import { type MachineFiles, machineRoot } from './machine.ts';

const usr = '/usr/lib/systemd/system';
const etc = '/etc/systemd/system';
const run = '/run/systemd';

const unit = (...lines: readonly string[]) =>
  `[Unit]\nDescription=x\n[Socket]\n${lines.join('\n')}\n`;

/** A listening socket by its address, `tcp 0.0.0.0:22` or `STREAM /run/x`. */
function socketAt(text: string): Socket {
  const [kind, address] = text.split(/ (.*)/s) as [string, string];
  if (kind === 'DGRAM') return unixSocket({ type: kind, state: 'UNCONNECTED', path: address });
  if (kind === 'STREAM' || kind === 'SEQPACKET') {
    return unixSocket({ type: kind, state: 'LISTENING', path: address });
  }
  const protocol = kind as 'tcp' | 'udp' | 'udplite' | 'sctp';
  const listens = protocol === 'tcp' || protocol === 'sctp';
  return inet(address, '0.0.0.0', { protocol, state: listens ? 'LISTEN' : 'UNCONN' });
}

const unitOf = (files: MachineFiles, socket: string) =>
  socketUnits(machineRoot(files))(socketAt(socket));

describe('a socket of systemd', () => {
  it.each([
    ['ListenStream=22', 'tcp 0.0.0.0:22'],
    ['ListenStream=22', 'tcp [::]:22'],
    ['ListenStream=0.0.0.0:22', 'tcp 0.0.0.0:22'],
    ['ListenStream=127.0.0.1:631', 'tcp 127.0.0.1:631'],
    ['ListenStream=[::1]:631', 'tcp [::1]:631'],
    ['ListenStream=[2001:DB8::0:1]:80', 'tcp [2001:db8::1]:80'],
    ['ListenStream=[fe80::1]:80%eth0', 'tcp [fe80::1]:80'],
    ['ListenDatagram=69', 'udp [::]:69'],
    ['ListenDatagram=127.0.0.1:53', 'udp 127.0.0.1:53'],
    ['ListenDatagram=53\nSocketProtocol=udplite', 'udplite 0.0.0.0:53'],
    ['ListenStream=53\nSocketProtocol=sctp', 'sctp 0.0.0.0:53'],
    ['ListenStream=53\nSocketProtocol=mptcp', 'tcp 0.0.0.0:53'],
    ['ListenStream=/run/dbus/system_bus_socket', 'STREAM /run/dbus/system_bus_socket'],
    ['ListenStream=/var/run/x', 'STREAM /run/x'],
    ['ListenStream=%t/x%%y', 'STREAM /run/x%y'],
    ['ListenStream=[fe80::1]:80%%eth0', 'tcp [fe80::1]:80'],
    ['ListenStream=/run/x%', 'STREAM /run/x%'],
    ['ListenStream=/run/with blank', 'STREAM /run/with blank'],
    ['ListenStream=/run/a\\x2db', 'STREAM /run/a\\x2db'],
    ['ListenStream=/run/caf\u00e9', 'STREAM /run/caf\u00e9'],
    ['ListenStream=@/abstract', 'STREAM @/abstract'],
    ['ListenDatagram=/run/systemd/journal/socket', 'DGRAM /run/systemd/journal/socket'],
    ['ListenSequentialPacket=/run/udev/control', 'SEQPACKET /run/udev/control'],
    ['ListenStream=1\nListenStream=2', 'tcp 0.0.0.0:2'],
    ['ListenStream=1\nListenStream=1', 'tcp 0.0.0.0:1'],
    ['ListenStream=1\nListenFIFO=\nListenStream=2', 'tcp 0.0.0.0:2'],
  ])('%j is that of %s', (lines, socket) => {
    expect(unitOf({ [`${usr}/x.socket`]: unit(lines) }, socket)).toBe('x.socket');
  });

  it.each([
    ['ListenStream=22', 'tcp 127.0.0.1:22'],
    ['ListenStream=22', 'tcp 0.0.0.0:23'],
    ['ListenStream=22', 'udp 0.0.0.0:22'],
    ['ListenStream=0.0.0.0:22', 'tcp [::]:22'],
    ['ListenStream=53\nSocketProtocol=sctp', 'tcp 0.0.0.0:53'],
    ['ListenStream=/run/x', 'DGRAM /run/x'],
    ['ListenStream=/run/x', 'STREAM /run/xy'],
    ['ListenStream=/run/%p', 'STREAM /run/x'],
    ['ListenStream=/run/x%', 'STREAM /run/x'],
    ['ListenSequentialPacket=22', 'sctp 0.0.0.0:22'],
    ['ListenStream=/run/%p', 'STREAM /run/%p'],
    ['ListenStream=0', 'tcp 0.0.0.0:0'],
    ['ListenStream=127.0.0.1:0', 'tcp 127.0.0.1:0'],
    ['ListenStream=65558', 'tcp 0.0.0.0:22'],
    ['ListenStream=+22', 'tcp 0.0.0.0:22'],
    ['ListenStream=vsock:2:22', 'tcp 0.0.0.0:22'],
    ['ListenStream=1\nListenStream=', 'tcp 0.0.0.0:1'],
    ['ListenStream=1\nListenNetlink=', 'tcp 0.0.0.0:1'],
    ['[Service]\nListenStream=1', 'tcp 0.0.0.0:1'],
    ['#ListenStream=1', 'tcp 0.0.0.0:1'],
  ])('%j is not that of %s', (lines, socket) => {
    expect(unitOf({ [`${usr}/x.socket`]: unit(lines) }, socket)).toBeNull();
  });

  it('is one that listens', () => {
    const root = machineRoot({
      [`${usr}/x.socket`]: unit('ListenStream=22', 'ListenStream=/run/x', 'ListenDatagram=53'),
    });
    const of = socketUnits(root);
    expect(of(inet('0.0.0.0:22', '192.0.2.1:5', { state: 'ESTABLISHED' }))).toBeNull();
    expect(of(inet('0.0.0.0:53', '192.0.2.1:5', { protocol: 'udp' }))).toBeNull();
    expect(of(unixSocket({ state: 'CONNECTED', path: '/run/x' }))).toBeNull();
    expect(of(unixSocket({ path: null }))).toBeNull();
    expect(of(unixSocket({ path: '/run/x' }))).toBe('x.socket');
  });
});

const at22 = unit('ListenStream=22');
const at23 = unit('ListenStream=23');

describe('the unit files of systemd', () => {
  it.each<[string, MachineFiles, string | null]>([
    ['of a unit that systemd brought', { [`${usr}/x.socket`]: at22 }, 'x.socket'],
    ['of a system with a /lib of its own', { '/lib/systemd/system/x.socket': at22 }, 'x.socket'],
    ['of a transient unit', { [`${run}/transient/run-r1.socket`]: at22 }, 'run-r1.socket'],
    ['of a generator', { [`${run}/generator/x.socket`]: at22 }, 'x.socket'],
    [
      'hide others of the same name',
      { [`${etc}/x.socket`]: at22, [`${run}/system/x.socket`]: at23, [`${usr}/x.socket`]: at23 },
      'x.socket',
    ],
    ['are hidden by others', { [`${etc}/x.socket`]: at23, [`${usr}/x.socket`]: at22 }, null],
    [
      'are hidden by generators that come early',
      { [`${run}/generator.early/x.socket`]: at23, [`${etc}/x.socket`]: at22 },
      null,
    ],
    [
      'hide generators that come late',
      { [`${usr}/x.socket`]: at22, [`${run}/generator.late/x.socket`]: at23 },
      'x.socket',
    ],
    [
      'are masked by a link',
      { [`${etc}/x.socket`]: { to: '/dev/null' }, [`${usr}/x.socket`]: at22 },
      null,
    ],
    ['are masked by an empty file', { [`${etc}/x.socket`]: '', [`${usr}/x.socket`]: at22 }, null],
    [
      'of which one is masked are distinguished',
      {
        [`${etc}/x.socket`]: { to: '/dev/null' },
        [`${usr}/x.socket`]: at22,
        [`${usr}/y.socket`]: at22,
      },
      'y.socket',
    ],
    [
      'that name the same socket yield none',
      { [`${usr}/x.socket`]: at22, [`${usr}/y.socket`]: at22 },
      null,
    ],
    [
      'of templates are left out',
      { [`${usr}/x@.socket`]: at22, [`${usr}/x@1.socket`]: at22 },
      null,
    ],
    [
      'of templates contradict none',
      { [`${usr}/x@.socket`]: at22, [`${usr}/y.socket`]: at22 },
      'y.socket',
    ],
    ['of services are left out', { [`${usr}/x.service`]: at22 }, null],
    [
      'have other names by links',
      { [`${usr}/ssh.socket`]: at22, [`${etc}/sshd.socket`]: { to: `${usr}/ssh.socket` } },
      'ssh.socket',
    ],
    [
      'may be linked from elsewhere',
      { '/opt/x.socket': at22, [`${etc}/x.socket`]: { to: '/opt/x.socket' } },
      'x.socket',
    ],
    ['that are folders yield none', { [`${etc}/x.socket/y`]: '', [`${usr}/x.socket`]: at22 }, null],
    [
      'that are too large yield none',
      { [`${usr}/x.socket`]: `${at22}${'#'.repeat(1 << 20)}` },
      null,
    ],
    ['are not there', {}, null],
  ])('%s', (_, files, name) => {
    expect(unitOf(files, 'tcp 0.0.0.0:22')).toBe(name);
  });

  it.each<[string, MachineFiles, string | null]>([
    ['add', { [`${etc}/x.socket.d/a.conf`]: at22 }, 'x.socket'],
    [
      'take back',
      { [`${etc}/x.socket.d/a.conf`]: unit('ListenStream=', 'ListenStream=22') },
      'x.socket',
    ],
    [
      'count in the order of their names, wherever they are',
      {
        [`${etc}/x.socket.d/20.conf`]: unit('ListenStream='),
        [`${usr}/x.socket.d/30.conf`]: at22,
        [`${run}/system/x.socket.d/10.conf`]: at23,
      },
      'x.socket',
    ],
    [
      'are taken back by later ones',
      { [`${usr}/x.socket.d/10.conf`]: at22, [`${etc}/x.socket.d/20.conf`]: unit('ListenStream=') },
      null,
    ],
    [
      'are hidden by others of the same name',
      { [`${etc}/x.socket.d/a.conf`]: { to: '/dev/null' }, [`${usr}/x.socket.d/a.conf`]: at22 },
      null,
    ],
    ['of generators count', { [`${run}/generator/x.socket.d/addresses.conf`]: at22 }, 'x.socket'],
    ['of all sockets count', { [`${etc}/socket.d/a.conf`]: at22 }, 'x.socket'],
    ['with other endings do not count', { [`${etc}/x.socket.d/a.conf.bak`]: at22 }, null],
    ['of other units do not count', { [`${etc}/xy.socket.d/a.conf`]: at22 }, null],
    ['without a unit are none', { [`${etc}/y.socket.d/a.conf`]: at22 }, null],
  ])('have drop-ins that %s', (_, files, name) => {
    expect(unitOf({ [`${usr}/x.socket`]: at23, ...files }, 'tcp 0.0.0.0:22')).toBe(name);
  });

  it('have drop-ins by the beginnings of their names, and by their other names', () => {
    const files = {
      [`${usr}/a-b-c.socket`]: at23,
      [`${etc}/d.socket`]: { to: `${usr}/a-b-c.socket` },
      [`${etc}/a-.socket.d/1.conf`]: unit('ListenStream=1'),
      [`${etc}/a-b-.socket.d/2.conf`]: unit('ListenStream=2'),
      [`${etc}/d.socket.d/3.conf`]: unit('ListenStream=3'),
      [`${etc}/a-b.socket.d/4.conf`]: unit('ListenStream=4'),
      // The nearer name comes before the farther one.
      [`${etc}/a-.socket.d/2.conf`]: unit('ListenStream=5'),
    };
    const of = socketUnits(machineRoot(files));
    const found = [1, 2, 3, 4, 5, 23].filter(
      (port) => of(socketAt(`tcp 0.0.0.0:${port}`)) !== null,
    );
    expect(found).toEqual([1, 2, 3, 23]);
  });

  it('are read once, when they are first asked', () => {
    const root = machineRoot();
    const of = socketUnits(root);
    expect(of(unixSocket({ path: null }))).toBeNull();
    const files = machineRoot({ [`${usr}/x.socket`]: at22 });
    const late = socketUnits(files);
    expect(late(socketAt('tcp 0.0.0.0:22'))).toBe('x.socket');
    expect(late(socketAt('tcp [::]:22'))).toBe('x.socket');
  });
});

const journald = `${usr}/systemd-journald.socket`;
const reason = reasonToSkip({
  platforms: ['linux'],
  files: { [journald]: 'install systemd' },
});

describe.skipIf(reason !== null)(`systemd’s own units: ${reason ?? usr}`, () => {
  it('are found by their sockets', () => {
    expect(readdirSync(usr)).toContain('systemd-journald.socket');
    const of = socketUnits('');
    expect(of(socketAt('STREAM /run/systemd/journal/stdout'))).toBe('systemd-journald.socket');
    expect(of(socketAt('DGRAM /run/systemd/journal/socket'))).toBe('systemd-journald.socket');
    expect(of(socketAt('DGRAM /run/systemd/journal/dev-log'))).toBe(
      'systemd-journald-dev-log.socket',
    );
    expect(of(socketAt('STREAM /run/systemd/journal/socket'))).toBeNull();
  });
});
