/**
 * SCTP, whose sockets few kernels can open: both programs read tables made up in the kernel's layout
 * (net/sctp/proc.c), with endpoints and associations of one and of several addresses.
 */
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { table } from './cases.ts';
import { writeProc } from './proc-folder.ts';
import type { ProcTree } from './proc-tables.ts';
import { skipReason, startZoo, type Zoo } from './zoo.ts';

const endpoints = ` ENDPT     SOCK   STY SST HBKT LPORT   UID INODE LADDRS
ffff8f0a12345678 ffff8f0a87654321 2   10  29   5000      0  7001 0.0.0.0 
ffff8f0a12345678 ffff8f0a87654321 2   10  29   22     4000  7002 127.0.0.1 192.0.2.1 
ffff8f0a12345678 ffff8f0a87654321 2   7   29   5002   4242  7003 127.0.0.1 
ffff8f0a12345678 ffff8f0a87654321 2   10  29   5003      0  7004 0000:0000:0000:0000:0000:0000:0000:0000 
ffff8f0a12345678 ffff8f0a87654321 1   10  29   40000     0  7005 2001:0db8:1111:2222:3333:4444:5555:6666 fe80:0000:0000:0000:1234:5678:9abc:def0 
ffff8f0a12345678 ffff8f0a87654321 1   1   29   5006      0  7006 127.0.0.1 
`;

const associations = ` ASSOC     SOCK   STY SST ST HBKT ASSOC-ID TX_QUEUE RX_QUEUE UID INODE LPORT RPORT LADDRS <-> RADDRS HBINT INS OUTS MAXRT T1X T2X RTXC wmema wmemq sndbuf rcvbuf
ffff8f0a12345678 ffff8f0a87654321 2   1   3  5       1        0        0       0  8001 5000  6000  *127.0.0.1 <-> *127.0.0.1 	    7500    10    10   10    0    0        0        1        0   212992   212992
ffff8f0a12345678 ffff8f0a87654321 2   1   3  5       2     1234       99    4000  8002 22    40000 *192.0.2.1 127.0.0.1 <-> 192.0.2.9 *198.18.0.3 203.0.113.2 	    7500    10    10   10    0    0        0        1        0   212992   212992
ffff8f0a12345678 ffff8f0a87654321 1   2   1  5       3        0        0    4242  8003 5003  80    *2001:0db8:1111:2222:3333:4444:5555:6666 0000:0000:0000:0000:0000:0000:0000:0001 <-> *2001:0db8:feed:0000:0000:0000:0000:0004 	    7500    10    10   10    0    0        0        1        0   212992   212992
ffff8f0a12345678 ffff8f0a87654321 1   8   6  5       4        0        0       0     0 5006  9     *0000:0000:0000:0000:0000:ffff:c000:0201 <-> *0000:0000:0000:0000:0000:ffff:c000:0207 	    7500    10    10   10    0    0        0        1        0   212992   212992
`;

const tree: ProcTree = {
  files: {
    'net/sctp/eps': endpoints,
    'net/sctp/assocs': associations,
    '70/cmdline': '/usr/sbin/sctpd\0-f\0',
    '70/comm': 'sctpd\n',
    '70/stat': '70 (sctpd) S 1 70 70 0 -1\n',
  },
  links: Object.fromEntries(
    [7001, 7002, 8002].map((inode) => [`70/fd/${inode}`, `socket:[${inode}]`]),
  ),
};

const lines = [
  '-S',
  '-Sl',
  '-Sa',
  '-San',
  '-Sln',
  '-Sn',
  '-SanW',
  '-SaW',
  '-Sae',
  '-Sane',
  '-Sanp',
  '-Sano',
  '-Sanepo',
  '-Saepo',
  '-4San',
  '-6San',
  '-46Sa',
  '-A inet -Sa',
  '--sctp --all --numeric',
  '--sctp -ae --numeric-hosts',
  '--sctp -ae --numeric-ports',
  '--sctp -ae --numeric-users',
  '-an',
  '-l',
  '',
];

describe.skipIf(skipReason)(`SCTP ${skipReason ?? ''}`, () => {
  let zoo: Zoo;
  let proc: string;

  beforeAll(async () => {
    zoo = await startZoo('empty');
    proc = join(zoo.folder, 'proc');
    writeProc(proc, tree);
  });
  afterAll(() => zoo?.stop());

  it.each(table(lines.map((line) => line.split(' ').filter((word) => word !== ''))))(
    '%s',
    async (_, args) => {
      const theirs = await zoo.netstat(args, { proc });
      const ours = await zoo.tsnetstat(['--proc-root', proc, ...args]);
      expect(ours.stdout.toString('latin1'), ours.stderr).toBe(theirs.stdout.toString('latin1'));
      expect(ours.code).toBe(0);
      expect(theirs.code).toBe(0);
    },
  );
});
