import { describe, expect, it } from 'vitest';
import { taskFrom } from '../../src/options/command-line.ts';
import { askedIn } from '../support/listing.ts';

const split = (line: string) => line.split(' ');

function serving(line: string) {
  const task = taskFrom(split(line));
  if (task.kind !== 'serve') throw new Error(`${line} asks for ${task.kind}`);
  return task;
}

describe('where', () => {
  it.each([
    ['--serve', '127.0.0.1', 9917],
    ['--serve 9000', '127.0.0.1', 9000],
    ['--serve 0', '127.0.0.1', 0],
    ['--serve=9000', '127.0.0.1', 9000],
    ['--serve 127.0.0.1', '127.0.0.1', 9917],
    ['--serve 127.1.2.3:1', '127.1.2.3', 1],
    ['--serve localhost', '127.0.0.1', 9917],
    ['--serve localhost:80', '127.0.0.1', 80],
    ['--serve ::1', '::1', 9917],
    ['--serve [::1]', '::1', 9917],
    ['--serve [0:0:0:0:0:0:0:1]:9000', '::1', 9000],
    ['--serve ::ffff:127.0.0.1', '::ffff:127.0.0.1', 9917],
    // A word that is no place is a filter.
    ['--serve sport = 80', '127.0.0.1', 9917],
    ['--serve sport=80', '127.0.0.1', 9917],
    ['--serve -t', '127.0.0.1', 9917],
    ['-t --serve -- dport = 1', '127.0.0.1', 9917],
  ])('%s', (line, address, port) => {
    expect(serving(line).request.place).toEqual({ address, port });
  });

  it.each([
    ['0.0.0.0:9917', '0.0.0.0', 9917],
    [':9000', null, 9000],
    ['*:9000', null, 9000],
    ['*', null, 9917],
    ['::', '::', 9917],
    ['[::]:9000', '::', 9000],
    ['192.0.2.1:65535', '192.0.2.1', 65535],
    ['[2001:db8::1]:80', '2001:db8::1', 80],
    ['[fe80::1%eth0]:80', 'fe80::1%eth0', 80],
  ])('%s, which others can reach, takes a word about who may ask', (text, address, port) => {
    for (const line of [`--serve ${text} --serve-auth f`, `--serve ${text} --serve-anyone`]) {
      expect(serving(line).request.place).toEqual({ address, port });
    }
    const bare = () => taskFrom(['--serve', text]);
    expect(bare).toThrow(`--serve ${text}: other machines could read it`);
    expect(bare).toThrow('use --serve-auth FILE (credentials) or --serve-anyone');
    expect(bare).toThrow(`${port} alone for this machine`);
  });

  it('reports the possible meanings of an IPv6 address that may include a port', () => {
    expect(() => taskFrom(['--serve', '::1:9000'])).toThrow(
      'with a port it is written as [::1]:9000',
    );
    expect(() => taskFrom(['--serve', '::'])).not.toThrow('with a port');
    expect(() => taskFrom(['--serve', '2001:db8::1'])).not.toThrow('with a port');
    expect(() => taskFrom(['--serve', '[2001:db8::1]:80'])).not.toThrow('with a port');
  });

  it.each([
    '65536',
    '99999999999999999999',
    '127.0.0.1:65536',
    '127.0.0.1:',
    '127.0.0.1:x',
    '127.0.0.1:-1',
    '127.0.0.1:80:81',
    '127.1:80',
    '256.0.0.1',
    '[::1',
    '[::1]80',
    '[127.0.0.1]:80',
    '[localhost]:80',
    '::1:99999',
    '127.0.0.1%lo:80',
    'exporter.example:80',
    'exporter:80',
    'unix:/run/x.sock',
    '/run/x.sock',
  ])('--serve=%s is no place', (text) => {
    expect(() => taskFrom([`--serve=${text}`])).toThrow(
      `--serve ${text}: expected ADDRESS:PORT, [ADDRESS]:PORT, PORT (this machine) or :PORT`,
    );
  });
});

it.each(['abc', 'exporter.example', 'eth0', 'unix:/run/x.sock', '/run/x.sock'])(
  'a word alone behind it is a place that is none, not a filter: %s',
  (word) => {
    expect(() => taskFrom(['--serve', word])).toThrow(`--serve ${word}: expected ADDRESS:PORT`);
  },
);

it('a name with a port is taken for a place, though it is none', () => {
  expect(() => taskFrom(['--serve', 'exporter.example:80'])).toThrow(
    '--serve exporter.example:80: expected',
  );
});

describe('for whom, and how long', () => {
  it.each([
    ['--serve', { authFile: null, anyone: false, timeout: 10_000 }],
    ['--serve --serve-auth f', { authFile: 'f', anyone: false, timeout: 10_000 }],
    ['--serve --serve-anyone', { authFile: null, anyone: true, timeout: 10_000 }],
    ['--serve --serve-timeout 0.5', { authFile: null, anyone: false, timeout: 500 }],
    ['--serve --serve-timeout 0.1', { authFile: null, anyone: false, timeout: 100 }],
    ['--serve --serve-timeout 3600', { authFile: null, anyone: false, timeout: 3_600_000 }],
  ])('%s', (line, asked) => {
    expect(serving(line).request).toMatchObject(asked);
  });

  it.each([
    ['--serve --serve-auth f --serve-anyone', 'give one of them'],
    ['--serve --serve-auth=', '--serve-auth: expected a file, found nothing'],
    ['--serve --serve-timeout 0', '--serve-timeout 0: expected a number of seconds from 0.1'],
    ['--serve --serve-timeout soon', '--serve-timeout soon: expected a number of seconds'],
    ['--serve --serve-timeout 3601', '--serve-timeout 3601: expected a number of seconds'],
    ['--serve-auth f', '--serve-auth requires --serve'],
    ['-t --serve-anyone', '--serve-anyone requires --serve'],
    ['--serve-timeout 5', '--serve-timeout requires --serve'],
    ['--diagnose --serve-timeout 5', '--serve-timeout requires --serve'],
    ['--save f --serve-anyone', '--serve-anyone requires --serve'],
  ])('%s', (line, message) => {
    expect(() => taskFrom(split(line))).toThrow(message);
  });
});

describe('of what', () => {
  it.each([
    ['--serve', { which: 'all', protocolsNamed: false }],
    ['--serve -l', { which: 'listening' }],
    ['--serve -t -4', { protocols: ['tcp'], families: ['inet'], which: 'all' }],
    ['--serve -tux --all-netns', { protocols: ['tcp', 'udp', 'unix'], netns: 'all' }],
    ['--serve --netns web', { netns: { name: 'web' } }],
    [
      '--serve --proc-root /host/proc --source proc',
      { procRoot: '/host/proc', socketSource: 'proc' },
    ],
    ['-tulpn --serve sport != 22', { which: 'listening' }],
  ])('%s', (line, asked) => {
    expect(askedIn(serving(line).listing)).toMatchObject(asked);
  });

  it.each([
    ['--serve', { parts: ['sockets', 'statistics', 'interfaces'], top: 20, remotePorts: [] }],
    ['--serve -s', { parts: ['statistics'], partsNamed: true }],
    [
      '--serve --metrics-top 5 --metrics-remote 5432,https',
      { top: 5, remotePorts: ['5432', 'https'] },
    ],
  ])('measured as metrics are elsewhere: %s', (line, asked) => {
    expect(serving(line).request).toMatchObject(asked);
  });

  it.each([
    ['--format json', '--serve cannot be used with --format: the client selects the format'],
    ['--format prometheus', '--serve cannot be used with --format: the client selects the format'],
    ['--save f', '--serve cannot be used with --save: --format prometheus --save FILE'],
    ['--save-mode 0644', '--serve cannot be used with --save-mode'],
    ['--json', '--serve cannot be used with --json'],
    [
      '-c',
      '--serve cannot be used with --continuous: it prints the current values once; each scrape reads again',
    ],
    ['--interval 5', '--serve cannot be used with --interval'],
    ['--columns src', '--serve cannot be used with --columns'],
    ['--sort src', '--serve cannot be used with --sort'],
    ['-H', '--serve cannot be used with --no-header'],
    ['--follow', '--serve cannot be used with --follow'],
    ['--live', '--serve cannot be used with --live'],
    ['-q', '--serve cannot be used with --quiet'],
    ['--pids', '--serve cannot be used with --pids'],
    ['--wait', '--serve cannot be used with --wait'],
    ['--wait-gone', '--serve cannot be used with --wait-gone'],
    ['--diff f', '--serve cannot be used with --diff'],
    ['--ignore x', '--serve cannot be used with --ignore'],
    ['--diagnose', '--serve cannot be used with --diagnose'],
    ['--severity note', '--serve cannot be used with --severity'],
    ['-r', '--serve cannot be used with --route'],
    ['-g', '--serve cannot be used with --groups'],
    ['--metrics-top 0', '--metrics-top 0: expected a number from 1'],
  ])('not with %s', (flags, message) => {
    expect(() => taskFrom(['--serve', ...split(flags)])).toThrow(message);
  });
});

describe('other machines have less time than a scrape', () => {
  it.each([
    ['--serve --on a', 5000],
    ['--serve --on a --serve-timeout 3', 1500],
    ['--serve --on a --serve-timeout 60', 10_000],
    ['--serve --on a --on-timeout 9', 9000],
  ])('%s', (line, timeout) => {
    expect(serving(line).listing.target.machines?.timeout).toBe(timeout);
  });

  it('and are asked the same otherwise', () => {
    const limited = serving('--serve -t -l --on a,b --on-parallel 3');
    const named = serving('--serve -t -l --on a,b --on-parallel 3 --on-timeout 5');
    expect(limited.listing).toEqual(named.listing);
    expect(limited.listing.target.machines).toMatchObject({ atOnce: 3, timeout: 5000 });
  });

  it.each(['--serve --on a --on-timeout 10', '--serve --on a --on-timeout 5 --serve-timeout 4'])(
    '%s is refused',
    (line) => {
      expect(() => taskFrom(split(line))).toThrow('must be less than --serve-timeout');
    },
  );
});
