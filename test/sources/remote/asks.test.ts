import { describe, expect, it } from 'vitest';
import { allProtocols } from '../../../src/model/protocol.ts';
import { longestCommandLine } from '../../../src/model/socket/owner.ts';
import { longestCgroup } from '../../../src/sources/linux/proc-files.ts';
import { askOf, askOfOwners } from '../../../src/sources/remote/asks.ts';
import type { SocketQuery } from '../../../src/sources/source.ts';

const owners = (details: boolean) => ({ all: true, details });

it.each([
  ['a program’s name is the beginning of a command line', { owners: owners(false) }, 4096],
  ['a cgroup', { owners: owners(false), workloads: true }, longestCgroup],
  ['a command line', { owners: owners(true), workloads: true }, longestCommandLine + 1],
])('a machine sends the files of a process as far as they are read: %s', (_, query, most) => {
  expect(askOfOwners(query as never).processes?.most).toBe(most);
  expect(longestCommandLine).toBeGreaterThanOrEqual(longestCgroup);
});

describe("the machine's own tsnetstat is asked for", () => {
  const everything = {
    ...{ protocols: allProtocols, families: ['inet', 'inet6'], owners: null },
    keep: () => true,
  } satisfies SocketQuery;
  const commandFor = (query: Partial<SocketQuery>) =>
    askOf({ report: 'sockets', ...everything, ...query }).tsnetstat?.join(' ');

  it.each<[string, Partial<SocketQuery>, string]>([
    ['every socket', {}, '--json -a'],
    ['listening ones', { listeningOnly: true }, '--json -l'],
    ['some protocols', { protocols: ['tcp', 'unix'] }, '--json -a -t -x'],
    ['IPv4', { protocols: ['udp'], families: ['inet'] }, '--json -a -u -4'],
    ['IPv6', { protocols: ['udp'], families: ['inet6'] }, '--json -a -u -6'],
    // With -4 it would list no UNIX socket.
    ['IPv4 and UNIX', { protocols: ['udp', 'unix'], families: ['inet'] }, '--json -a -u -x'],
    ['owners', { owners: { depth: 'all', details: true } }, '--json -a -p'],
    ['TCP facts', { tcpInfo: true }, '--json -a --tcp-info'],
    ['socket facts', { socketInfo: true }, '--json -a --socket-info'],
    ['the queues of UNIX sockets', { unixQueues: true }, '--json -a --socket-info'],
    ['no such queues', { protocols: ['tcp'], unixQueues: true }, '--json -a -t'],
    ['bound sockets', { boundSockets: true }, '--json -a --bound-inactive'],
    ['workloads', { workloads: true }, '--json -a --workloads'],
    ['exposure', { exposure: true }, '--json -a --exposure'],
  ])('%s', (_, query, command) => {
    expect(commandFor(query)).toBe(command);
  });
});

it.each([
  ['routes', ['net/route', 'net/ipv6_route']],
  ['groups', ['net/igmp', 'net/igmp6']],
  ['interfaces', ['net/dev', 'net/fib_trie', 'net/if_inet6']],
  ['statistics', ['net/snmp', 'net/netstat', 'net/snmp6']],
] as const)('%s of a machine are read from its files', (report, files) => {
  const { tsnetstat, processes, interfaces, ...ask } = askOf({
    report,
    families: ['inet', 'inet6'],
  } as never);
  expect(ask.files).toEqual(expect.arrayContaining([...files]));
  expect([tsnetstat, processes, interfaces]).toEqual([null, null, report === 'interfaces']);
});
