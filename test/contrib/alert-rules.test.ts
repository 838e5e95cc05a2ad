/** The alert rules, by `promtool test rules`: what fires, and what is so near to it and must not. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, test } from 'vitest';
import { checks, defaultSettings } from '../../src/analysis/checks/index.ts';
import { taskFrom } from '../../src/options/command-line.ts';
import { because, reasonToSkip } from '../support/requirements.ts';
import { firing, type Series } from './support/promtool.ts';
import { alerts, rules, rulesFile } from './support/rules.ts';

/** Which of its check's settings an alert goes by; none: it goes by whether something happens at all. */
const settings: Readonly<Record<string, readonly string[]>> = {
  TsnetstatAcceptQueueFull: [],
  TsnetstatAcceptQueueFilling: ['full', 'least'],
  TsnetstatConnectionsDropped: [],
  TsnetstatSynQueueDrops: [],
  TsnetstatSynCookies: ['cookies'],
  TsnetstatHalfOpenConnections: ['count'],
  TsnetstatUdpReceiveBufferErrors: ['count'],
  TsnetstatUdpReceiveBufferErrorsMany: ['many'],
  TsnetstatCloseWait: ['count'],
  TsnetstatCloseWaitMany: ['many'],
  TsnetstatLocalPortsRunOut: ['used'],
  TsnetstatLocalPortsExhausted: ['full'],
  TsnetstatTimeWaitLimit: ['full'],
  TsnetstatTimeWaitLeftOut: [],
  TsnetstatRetransmissions: ['loss', 'segments'],
};

describe('the alerts of contrib/prometheus', () => {
  test('go by the numbers that the checks go by', () => {
    const expected: Record<string, readonly number[]> = {};
    const found: Record<string, readonly number[]> = {};
    for (const { name, expr, labels } of alerts) {
      if (labels.check === undefined) continue;
      const check = checks.find((one) => one.name === labels.check);
      if (check === undefined) expect.fail(`${name}: no check is called ${labels.check}`);
      const values = defaultSettings(check);
      // Metrics have ratios where checks have percent.
      expected[name] = (settings[name] ?? expect.fail(`${name} is not in the table`)).map(
        (key) =>
          (values[key] ?? expect.fail(`${check.name} has no setting ${key}`)) /
          (check.thresholds[key]?.unit === '%' ? 100 : 1),
      );
      found[name] = [...expr.matchAll(/>= ([\d.]+)/g)].map(([, number]) => Number(number));
    }
    expect(found).toEqual(expected);
    expect(Object.keys(found)).toEqual(Object.keys(settings).filter((name) => name in found));
    expect(Object.keys(found).length).toBe(Object.keys(settings).length);
  });

  test('each has a severity, a time that it lasts, a summary, and a command that shows more', () => {
    expect(alerts.length).toBeGreaterThan(15);
    for (const { name, labels, annotations, ...alert } of alerts) {
      expect(name).toMatch(/^Tsnetstat[A-Z]\w+$/);
      expect(['critical', 'warning', 'info'], name).toContain(labels.severity);
      expect(alert.for, name).toMatch(/^\d+m$/);
      expect(annotations.summary, name).toContain('{{ $labels.instance }}');
      expect(annotations.description, name).toMatch(/`tsnetstat .*`/);
      if (labels.check === undefined) continue;
      expect(annotations.description, name).toContain(`\`tsnetstat --diagnose ${labels.check}`);
    }
  });

  test('contrib/README.md names each, beside its check', () => {
    const readme = readFileSync(join(import.meta.dirname, '../../contrib/README.md'), 'utf8');
    for (const { name, labels } of alerts) {
      const [row = ''] = readme
        .split('\n')
        .filter((line) => line.includes(`\`${name}\``) && line.startsWith('|'));
      const check = labels.check === undefined ? '' : `\`${labels.check}\``;
      expect(row.split('|')[2]?.trim(), name).toBe(check);
    }
  });

  test('the commands that they name are understood', () => {
    const commands = alerts.flatMap(({ annotations }) =>
      [...(annotations.description ?? '').matchAll(/`tsnetstat ([^`]*)`/g)].map(([, line]) =>
        (line ?? '')
          .replace(/\{\{ \$labels\.port \}\}/g, '80')
          .replace(/\{\{ \$labels\.host \}\}/g, 'web1')
          .replace(/\{\{.*?\}\}/g, '')
          .split(' '),
      ),
    );
    expect(commands.length).toBeGreaterThanOrEqual(alerts.length);
    for (const command of commands)
      expect(() => taskFrom(command), command.join(' ')).not.toThrow();
  });
});

const reason = reasonToSkip({ platforms: ['linux', 'darwin'], programs: ['promtool'] });

/** A sentence; the alert; what Prometheus has; when it looks; how many fire. */
type Case = readonly [string, string, Series, string, number];

const on = 'instance="web1:9917",job="tsnetstat"';
const queue = (length: string, limit: string): Series => ({
  [`tsnetstat_accept_queue_length{protocol="tcp",address="0.0.0.0",port="80",${on}}`]: length,
  [`tsnetstat_accept_queue_limit{protocol="tcp",address="0.0.0.0",port="80",${on}}`]: limit,
});
const one = (name: string, values: string, labels = ''): Series => ({
  [`tsnetstat_${name}{${labels}${labels === '' ? '' : ','}${on}}`]: values,
});
const state = (name: string, ipv4: string, ipv6: string): Series => ({
  ...one('sockets', ipv4, `protocol="tcp",family="ipv4",state="${name}"`),
  ...one('sockets', ipv6, `protocol="tcp",family="ipv6",state="${name}"`),
});
/** How many packets of handshakes are sent again a second. */
const sentAgain = (rate: number) => one('tcp_ext_tcp_syn_retrans_total', `0+${rate * 60}x20`);
const listener = (values: string, { port = '80', program = 'nginx', workload = '' } = {}): Series =>
  one(
    'listener',
    values,
    `protocol="tcp",address="0.0.0.0",port="${port}",program="${program}",workload="${workload}"`,
  );
const build = (values: string, version = '1.0.0') =>
  one('build_info', values, `version="${version}"`);

/** Whether Prometheus could scrape the machine; it has no value while it does not try. */
const scraped = (values: string): Series => ({ [`up{${on}}`]: values });

const reading = (values: string) => one('reading_seconds', values, 'part="sockets"');
/** The same of a machine that `--on` names. */
const hosted = (series: Series, host = 'db1'): Series =>
  Object.fromEntries(
    Object.entries(series).map(([name, values]) => [name.replace('}', `,host="${host}"}`), values]),
  );

const cases: readonly Case[] = [
  // Accept queues.
  [
    'a queue beyond its limit is full',
    'TsnetstatAcceptQueueFull',
    queue('129x20', '128x20'),
    '10m',
    1,
  ],
  [
    'a queue at its limit has room for one more',
    'TsnetstatAcceptQueueFull',
    queue('128x20', '128x20'),
    '10m',
    0,
  ],
  [
    'does not fire for a queue that is full for a moment',
    'TsnetstatAcceptQueueFull',
    queue('0x8 129x1 0x10', '128x20'),
    '10m',
    0,
  ],
  [
    'fires for the rest of the queues, reported as one',
    'TsnetstatAcceptQueueFull',
    {
      ...one('accept_queue_length', '9x20', 'protocol="other",address="other",port="other"'),
      ...one('accept_queue_limit', '8x20', 'protocol="other",address="other",port="other"'),
    },
    '10m',
    1,
  ],
  [
    'fires for a UNIX server, which has no port',
    'TsnetstatAcceptQueueFull',
    {
      ...one('accept_queue_length', '9x20', 'protocol="unix",address="/run/app.sock",port=""'),
      ...one('accept_queue_limit', '8x20', 'protocol="unix",address="/run/app.sock",port=""'),
    },
    '10m',
    1,
  ],
  [
    'does not fire for a queue whose limit is unknown',
    'TsnetstatAcceptQueueFull',
    one('accept_queue_length', '500x20', 'protocol="tcp",address="::",port="80"'),
    '10m',
    0,
  ],
  [
    'fires for a full queue of length 0',
    'TsnetstatAcceptQueueFull',
    queue('1x20', '0x20'),
    '10m',
    1,
  ],
  [
    'a queue at 80 % is filling',
    'TsnetstatAcceptQueueFilling',
    queue('103x20', '128x20'),
    '10m',
    1,
  ],
  ['a queue at 79 % is not', 'TsnetstatAcceptQueueFilling', queue('101x20', '128x20'), '10m', 0],
  [
    'a queue of seven is not, however short it is',
    'TsnetstatAcceptQueueFilling',
    queue('7x20', '8x20'),
    '10m',
    0,
  ],
  [
    'a queue that was filling for two minutes is not',
    'TsnetstatAcceptQueueFilling',
    queue('103x2 0x20', '128x20'),
    '10m',
    0,
  ],
  [
    'fires for overflows',
    'TsnetstatConnectionsDropped',
    one('tcp_ext_listen_overflows_total', '7x5 9x20'),
    '10m',
    1,
  ],
  [
    'drops without an overflow, as in a SYN flood without cookies, are not',
    'TsnetstatConnectionsDropped',
    {
      ...one('tcp_ext_listen_overflows_total', '0x20'),
      ...one('tcp_ext_listen_drops_total', '7x5 1607x20'),
    },
    '10m',
    0,
  ],
  [
    'overflows and drops of one machine are one alert',
    'TsnetstatConnectionsDropped',
    {
      ...one('tcp_ext_listen_overflows_total', '0+2x20'),
      ...one('tcp_ext_listen_drops_total', '0+2x20'),
    },
    '10m',
    1,
  ],
  [
    'overflows of long ago are not',
    'TsnetstatConnectionsDropped',
    one('tcp_ext_listen_overflows_total', '500x60'),
    '30m',
    0,
  ],
  [
    'a machine that is new to Prometheus has overflows that are old',
    'TsnetstatConnectionsDropped',
    one('tcp_ext_listen_overflows_total', '_x5 500x60'),
    '10m',
    0,
  ],
  [
    'counters that begin anew are no overflow',
    'TsnetstatConnectionsDropped',
    one('tcp_ext_listen_overflows_total', '500x5 0x20'),
    '10m',
    0,
  ],

  // Handshakes.
  [
    'fires for a drop at a full SYN queue',
    'TsnetstatSynQueueDrops',
    one('tcp_ext_tcp_req_qfull_drop_total', '0x5 1x20'),
    '10m',
    1,
  ],
  [
    'no drop is not',
    'TsnetstatSynQueueDrops',
    one('tcp_ext_tcp_req_qfull_drop_total', '5x20'),
    '10m',
    0,
  ],
  [
    'drops before a reboot are not',
    'TsnetstatSynQueueDrops',
    one('tcp_ext_tcp_req_qfull_drop_total', '5x5 0x20'),
    '10m',
    0,
  ],
  [
    'fires at 20 cookies a second',
    'TsnetstatSynCookies',
    one('tcp_ext_syncookies_sent_total', '0+1200x20'),
    '10m',
    1,
  ],
  [
    '19 a second are not',
    'TsnetstatSynCookies',
    one('tcp_ext_syncookies_sent_total', '0+1140x20'),
    '10m',
    0,
  ],
  [
    'cookies of before are not',
    'TsnetstatSynCookies',
    one('tcp_ext_syncookies_sent_total', '_x5 90000x20'),
    '10m',
    0,
  ],
  [
    'fires at 100 half-open connections over both families that are sent packets again',
    'TsnetstatHalfOpenConnections',
    { ...state('SYN_RECV', '60x20', '40x20'), ...sentAgain(8) },
    '10m',
    1,
  ],
  [
    '99 are not',
    'TsnetstatHalfOpenConnections',
    { ...state('SYN_RECV', '60x20', '39x20'), ...sentAgain(8) },
    '10m',
    0,
  ],
  [
    'distant clients, for whom nothing is sent again, are not',
    'TsnetstatHalfOpenConnections',
    { ...state('SYN_RECV', '150x20', '0x20'), ...sentAgain(0) },
    '10m',
    0,
  ],
  [
    'half-open connections of a moment are not',
    'TsnetstatHalfOpenConnections',
    { ...state('SYN_RECV', '0x8 900x1 0x20', '0x20'), ...sentAgain(8) },
    '9m',
    0,
  ],

  // UDP.
  [
    'fires at 5 dropped packets a second',
    'TsnetstatUdpReceiveBufferErrors',
    one('udp_rcvbuf_errors_total', '0+300x20'),
    '15m',
    1,
  ],
  [
    '4 a second are not',
    'TsnetstatUdpReceiveBufferErrors',
    one('udp_rcvbuf_errors_total', '0+240x20'),
    '15m',
    0,
  ],
  [
    'those of both families count',
    'TsnetstatUdpReceiveBufferErrors',
    {
      ...one('udp_rcvbuf_errors_total', '0+180x20'),
      ...one('udp6_rcvbuf_errors_total', '0+120x20'),
    },
    '15m',
    1,
  ],
  [
    'packets thrown away within a minute only are not',
    'TsnetstatUdpReceiveBufferErrors',
    one('udp_rcvbuf_errors_total', '0x8 1500x20'),
    '10m',
    0,
  ],
  [
    'a counter that begins anew throws nothing away',
    'TsnetstatUdpReceiveBufferErrors',
    one('udp_rcvbuf_errors_total', '1000000x5 0x20'),
    '12m',
    0,
  ],
  [
    '5 a second are not many',
    'TsnetstatUdpReceiveBufferErrorsMany',
    one('udp_rcvbuf_errors_total', '0+300x20'),
    '15m',
    0,
  ],
  [
    '1000 a second are',
    'TsnetstatUdpReceiveBufferErrorsMany',
    one('udp_rcvbuf_errors_total', '0+60000x20'),
    '15m',
    1,
  ],

  // CLOSE_WAIT.
  [
    'fires at 20 in CLOSE_WAIT over both families',
    'TsnetstatCloseWait',
    state('CLOSE_WAIT', '12x20', '8x20'),
    '15m',
    1,
  ],
  ['19 are not', 'TsnetstatCloseWait', state('CLOSE_WAIT', '12x20', '7x20'), '15m', 0],
  [
    'those that a program closes in the end are not',
    'TsnetstatCloseWait',
    state('CLOSE_WAIT', '30x4 0x1 30x4 0x1 30x9', '0x20'),
    '15m',
    0,
  ],
  [
    'connections in other states are not',
    'TsnetstatCloseWait',
    state('ESTABLISHED', '5000x20', '5000x20'),
    '15m',
    0,
  ],
  ['20 are not many', 'TsnetstatCloseWaitMany', state('CLOSE_WAIT', '12x20', '8x20'), '15m', 0],
  ['1000 are', 'TsnetstatCloseWaitMany', state('CLOSE_WAIT', '1000x20', '0x20'), '15m', 1],
  [
    'fires for each machine separately',
    'TsnetstatCloseWait',
    {
      'tsnetstat_sockets{protocol="tcp",family="ipv4",state="CLOSE_WAIT",instance="a"}': '15x20',
      'tsnetstat_sockets{protocol="tcp",family="ipv4",state="CLOSE_WAIT",instance="b"}': '15x20',
    },
    '15m',
    0,
  ],
  [
    'so is each network namespace',
    'TsnetstatCloseWait',
    {
      ...one('sockets', '25x20', 'netns="a",protocol="tcp",family="ipv4",state="CLOSE_WAIT"'),
      ...one('sockets', '15x20', 'netns="b",protocol="tcp",family="ipv4",state="CLOSE_WAIT"'),
    },
    '15m',
    1,
  ],

  // Local ports.
  [
    'fires at 70 % of the ports to a destination',
    'TsnetstatLocalPortsRunOut',
    one('local_ports_used_ratio', '0.7x20', 'rank="1"'),
    '10m',
    1,
  ],
  [
    '69 % are not',
    'TsnetstatLocalPortsRunOut',
    one('local_ports_used_ratio', '0.69x20', 'rank="1"'),
    '10m',
    0,
  ],
  [
    'two destinations of a machine are one alert',
    'TsnetstatLocalPortsRunOut',
    {
      ...one('local_ports_used_ratio', '0.9x20', 'rank="1"'),
      ...one('local_ports_used_ratio', '0.8x20', 'rank="2"'),
    },
    '10m',
    1,
  ],
  [
    '70 % is not the end',
    'TsnetstatLocalPortsExhausted',
    one('local_ports_used_ratio', '0.7x20', 'rank="1"'),
    '10m',
    0,
  ],
  [
    '95 % is',
    'TsnetstatLocalPortsExhausted',
    one('local_ports_used_ratio', '0.95x20', 'rank="1"'),
    '10m',
    1,
  ],

  // TIME_WAIT.
  [
    'fires at 90 % of the limit',
    'TsnetstatTimeWaitLimit',
    { ...one('time_wait_sockets', '900x20'), ...one('time_wait_limit', '1000x20') },
    '10m',
    1,
  ],
  [
    'many of them below the limit are not',
    'TsnetstatTimeWaitLimit',
    { ...one('time_wait_sockets', '50000x20'), ...one('time_wait_limit', '65536x20') },
    '10m',
    0,
  ],
  [
    'an unknown limit is not',
    'TsnetstatTimeWaitLimit',
    one('time_wait_sockets', '50000x20'),
    '10m',
    0,
  ],
  [
    'a limit of 0 is not',
    'TsnetstatTimeWaitLimit',
    { ...one('time_wait_sockets', '5x20'), ...one('time_wait_limit', '0x20') },
    '10m',
    0,
  ],
  [
    'fires for a connection without TIME_WAIT',
    'TsnetstatTimeWaitLeftOut',
    one('tcp_ext_tcp_time_wait_overflow_total', '3x5 4x20'),
    '10m',
    1,
  ],
  [
    'those of long ago are not',
    'TsnetstatTimeWaitLeftOut',
    one('tcp_ext_tcp_time_wait_overflow_total', '4x40'),
    '30m',
    0,
  ],

  // Retransmissions.
  ...(
    [
      ['fires at 5 % of the segments sent again', '0+60x40', '0+1200x40', 1],
      ['4 % are not', '0+40x40', '0+1000x40', 0],
      ['a few segments of nearly none are not', '0+1x40', '0+2x40', 0],
      ['a machine that sends nothing is not', '500x40', '1000x40', 0],
      ['a machine that is new to Prometheus is not', '_x19 900x20', '_x19 1000x20', 0],
      ['counters that begin anew are not', '900000x18 0x20', '1000000x18 0+1000x20', 0],
    ] as const
  ).map(
    ([name, again, sent, fires]): Case => [
      name,
      'TsnetstatRetransmissions',
      { ...one('tcp_retrans_segs_total', again), ...one('tcp_out_segs_total', sent) },
      '20m',
      fires,
    ],
  ),

  // New listeners.
  [
    'fires for a server that was not there before',
    'TsnetstatNewListener',
    { ...reading('1x200'), ...listener('1x200'), ...listener('_x99 1x100', { port: '4444' }) },
    '120m',
    1,
  ],
  [
    'for as long as an hour',
    'TsnetstatNewListener',
    { ...reading('1x200'), ...listener('1x200'), ...listener('_x99 1x100', { port: '4444' }) },
    '170m',
    0,
  ],
  [
    'what was there an hour ago is not',
    'TsnetstatNewListener',
    { ...reading('1x200'), ...listener('1x200') },
    '120m',
    0,
  ],
  [
    'nothing is, where the machine is new to Prometheus',
    'TsnetstatNewListener',
    { ...reading('1x200'), ...listener('1x200') },
    '30m',
    0,
  ],
  [
    'nor after an hour, though services came up after the exporter',
    'TsnetstatNewListener',
    { ...reading('1x200'), ...listener('_x4 1x200') },
    '64m',
    0,
  ],
  [
    'a restart of the exporter is none',
    'TsnetstatNewListener',
    { ...reading('1x60 _x20 1x120'), ...listener('1x60 _x20 1x120') },
    '130m',
    0,
  ],
  [
    'nor is one as another version',
    'TsnetstatNewListener',
    {
      ...reading('1x200'),
      ...build('1x100 _x100'),
      ...build('_x101 1x100', '2.0.0'),
      ...listener('1x200'),
    },
    '130m',
    0,
  ],
  [
    'nor one as a user who may not see owners',
    'TsnetstatNewListener',
    {
      ...reading('1x200'),
      ...listener('1x100 _x100'),
      ...listener('_x101 1x100', { program: '' }),
    },
    '130m',
    0,
  ],
  [
    'a service that was down an hour ago and up before is none',
    'TsnetstatNewListener',
    { ...reading('1x200'), ...listener('1x60 _x20 1x120') },
    '139m',
    0,
  ],
  [
    'a container that comes again with another name is none',
    'TsnetstatNewListener',
    {
      ...reading('1x200'),
      ...listener('1x100 _x100', { workload: 'docker:3f8a2c91d04e' }),
      ...listener('_x101 1x100', { workload: 'docker:9c11d04e77aa' }),
    },
    '130m',
    0,
  ],
  [
    'does not fire for the rest that is reported as one',
    'TsnetstatNewListener',
    { ...reading('1x200'), ...listener('_x99 1x100', { port: 'other' }) },
    '120m',
    0,
  ],
  [
    'a place that another machine had before is one',
    'TsnetstatNewListener',
    {
      ...reading('1x200'),
      ...listener('_x99 1x100'),
      'tsnetstat_reading_seconds{part="sockets",instance="b",job="tsnetstat"}': '1x200',
      'tsnetstat_listener{protocol="tcp",address="0.0.0.0",port="80",program="nginx",workload="",instance="b",job="tsnetstat"}':
        '1x200',
    },
    '120m',
    1,
  ],

  [
    'one that was among the rest, since another one ended, is none',
    'TsnetstatNewListener',
    {
      ...reading('1x200'),
      ...listener('1x99 _x101', { port: '22' }),
      ...listener('1x99 _x101', { port: 'other' }),
      ...listener('_x99 1x101', { port: '4444' }),
    },
    '120m',
    0,
  ],
  [
    'nothing is where sockets could not be read the day before',
    'TsnetstatNewListener',
    {
      ...build('1x200'),
      ...one('reading_seconds', '1x200', 'part="interfaces"'),
      ...reading('_x99 1x101'),
      ...listener('_x99 1x101'),
    },
    '120m',
    0,
  ],
  [
    'a machine that is asked from another one has new servers too',
    'TsnetstatNewListener',
    { ...build('1x200'), ...hosted(reading('1x200')), ...hosted(listener('_x99 1x101')) },
    '120m',
    1,
  ],
  [
    'a machine that is asked for the first time has none',
    'TsnetstatNewListener',
    {
      ...build('1x200'),
      ...hosted(reading('1x200')),
      ...hosted(reading('_x99 1x101'), 'db2'),
      ...hosted(listener('_x99 1x101'), 'db2'),
    },
    '120m',
    0,
  ],

  // The exporter itself.
  [
    'fires for an exporter that does not answer',
    'TsnetstatExporterDown',
    scraped('0x20'),
    '10m',
    1,
  ],
  ['one that answers is not', 'TsnetstatExporterDown', scraped('1x20'), '10m', 0],
  [
    'one that was down for two minutes is not',
    'TsnetstatExporterDown',
    scraped('1x5 0x1 1x20'),
    '10m',
    0,
  ],
  [
    'others are not our affair',
    'TsnetstatExporterDown',
    { 'up{job="node",instance="a"}': '0x20' },
    '10m',
    0,
  ],
  [
    'fires for a machine that is down, and for no other',
    'TsnetstatHostDown',
    { ...hosted(one('host_up', '0x20')), ...hosted(one('host_up', '1x20'), 'db2') },
    '10m',
    1,
  ],
  [
    'one that was down for two minutes is not',
    'TsnetstatHostDown',
    hosted(one('host_up', '1x5 0x1 1x20')),
    '10m',
    0,
  ],
  [
    'fires for metrics that have disappeared',
    'TsnetstatMetricsMissing',
    { ...build('1x10 _x60'), ...scraped('1x70') },
    '30m',
    1,
  ],
  [
    'as long as their file is lost',
    'TsnetstatMetricsMissing',
    { ...build('1x10 _x1400'), ...scraped('1x1410') },
    '23h',
    1,
  ],
  [
    'for a day',
    'TsnetstatMetricsMissing',
    { ...build('1x10 _x1500'), ...scraped('1x1510') },
    '25h',
    0,
  ],
  [
    'and for those of an exporter that is down',
    'TsnetstatMetricsMissing',
    { ...build('1x10 _x60'), ...scraped('1x10 0x60') },
    '30m',
    1,
  ],
  [
    'a machine that is scraped no longer misses none',
    'TsnetstatMetricsMissing',
    { ...build('1x10 _x60'), ...scraped('1x10 _x60') },
    '30m',
    0,
  ],
  [
    'one machine of several is told apart',
    'TsnetstatMetricsMissing',
    { ...build('1x10 _x60'), 'up{instance="web2:9917",job="tsnetstat"}': '1x70' },
    '30m',
    0,
  ],
  [
    'metrics that are there are not',
    'TsnetstatMetricsMissing',
    { ...build('1x60'), ...scraped('1x60') },
    '30m',
    0,
  ],
  ['nor where there never were any', 'TsnetstatMetricsMissing', scraped('1x60'), '30m', 0],
  [
    'another version is not',
    'TsnetstatMetricsMissing',
    { ...build('1x10 _x60'), ...build('_x11 1x60', '2.0.0'), ...scraped('1x70') },
    '30m',
    0,
  ],
  [
    'fires for a file that is 20 minutes old',
    'TsnetstatTextfileStale',
    { 'node_textfile_mtime_seconds{file="/var/lib/node/tsnetstat.prom",instance="a"}': '0x60' },
    '21m',
    1,
  ],
  [
    'one that is written is not',
    'TsnetstatTextfileStale',
    { 'node_textfile_mtime_seconds{file="/var/lib/node/tsnetstat.prom",instance="a"}': '0+60x60' },
    '30m',
    0,
  ],
  [
    "another's file is not",
    'TsnetstatTextfileStale',
    { 'node_textfile_mtime_seconds{file="/var/lib/tsnetstat/raid.prom",instance="a"}': '0x60' },
    '30m',
    0,
  ],
  [
    'fires once for readings that fail',
    'TsnetstatReadingErrors',
    {
      ...one('reading_errors', '1x20', 'code="unreadable"'),
      ...one('reading_errors', '2x20', 'code="forbidden"'),
    },
    '15m',
    1,
  ],
  [
    'no errors are not',
    'TsnetstatReadingErrors',
    one('reading_errors', '0x20', 'code="unreadable"'),
    '15m',
    0,
  ],
];

describe.skipIf(reason !== null)(`the alerts in promtool${because(reason)}`, () => {
  it('finds nothing wrong with the rules', () => {
    const { stdout, stderr, status } = spawnSync('promtool', ['check', 'rules', rulesFile], {
      encoding: 'utf8',
    });
    expect(`${stdout}${stderr}`).toContain(`${rules.length} rules found`);
    expect(status).toBe(0);
  });

  it('every alert has cases in which it fires and in which it does not', () => {
    for (const { name } of alerts) {
      const fires = cases.filter(([, alert]) => alert === name).map(([, , , , count]) => count > 0);
      expect(new Set(fires), name).toEqual(new Set([true, false]));
    }
  });

  describe.each(alerts.map(({ name }) => name))('%s', (name) => {
    test.each(cases.filter(([, alert]) => alert === name))(
      '%s',
      (...[, alert, series, at, count]) => {
        const fired = firing(alert, series, at);
        expect(fired.length).toBe(count);
        for (const { annotations } of fired) {
          for (const text of [annotations.summary, annotations.description]) {
            expect(text).toMatch(/^[^{}]{20,}$/);
            expect(text).not.toContain('--port other');
            expect(text).not.toMatch(/error expanding|no value|%!|\s{2}|port[ `,.]*$| ,/);
          }
        }
      },
    );
  });
});
