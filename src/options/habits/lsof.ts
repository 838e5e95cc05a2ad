import type { Habit } from './habit.ts';
import { anInterface, bareName, interfacesBeside, linux } from './parts.ts';

/** Lines of lsof, whose -i lists Internet sockets and takes what to list of them. */
export const ofLsof: readonly Habit[] = [
  {
    typed: ['-ti:3000', '-tiTCP:3000', '-nPti:http'],
    fits: /^-(?=[nP]*t)[nPt]+i(?=.)[46]?(?:tcp|udp)?(?:@[^:]*)?(?::\S+)?$/i,
    system: 'lsof',
    meaning: 'only the PIDs',
    ours: '-tl --port 3000 --pids, or without -l for clients too',
  },
  {
    typed: ['-iTCP', '-iUDP', '-i:3000', '-iTCP:3000', '-iTCP@HOST:PORT', '-i4TCP', '-nPiTCP'],
    fits: /^-[nP]*i(?=.)[46]?(?:tcp|udp)?(?:@[^:]*)?(?::\S+)?$/i,
    system: 'lsof',
    meaning: 'Internet sockets',
    ours: '-tanp for TCP, -tlnp for its servers, --port 3000 for a port, --pids for PIDs only',
  },
  {
    typed: ['-i -P -sTCP:LISTEN'],
    fits: /^-s(?:tcp|udp):\S*$/i,
    beside: interfacesBeside,
    system: 'lsof',
    meaning: 'a state',
    ours: 'tsnetstat -tlnp for servers, tsnetstat -tanp --state established for others',
  },
  {
    typed: ['-sTCP:LISTEN', '-sTCP:ESTABLISHED'],
    fits: /^-s(?:tcp|udp):\S*$/i,
    system: 'lsof',
    meaning: 'a state',
    ours: '-l for servers, --state established for others',
  },
  {
    typed: ['-i @HOST', '-i tcp@10.0.0.5', '-i @HOST:PORT', '-i @10.0.0.5:22'],
    fits: /^[46]?(?:tcp|udp)?@(?<HOST>[^:]+(?::[\w-]+)?)$/i,
    beside: interfacesBeside,
    system: 'lsof',
    meaning: 'the sockets of a host',
    ours: 'tsnetstat -tuanp --remote HOST, or tsnetstat -tuanp --local HOST',
  },
  ...(
    [
      ['tcp', '-t'],
      ['udp', '-u'],
      ['(?:tcp|udp)?', '-tu'],
    ] as const
  ).map(
    ([protocol, flags]): Habit => ({
      typed:
        protocol === 'tcp'
          ? ['-i tcp:3000']
          : protocol === 'udp'
            ? ['-i UDP:53']
            : ['-i :3000', '-i 4:3000'],
      fits: new RegExp(`^[46]?${protocol}:(?<PORT>[\\w,-]+)$`, 'i'),
      beside: interfacesBeside,
      system: 'lsof',
      meaning: 'a port',
      ours: `tsnetstat ${flags}anp --port PORT; for only the PIDs of its servers, tsnetstat ${flags}l --port PORT --pids`,
    }),
  ),
  {
    typed: ['-i tcp', '-i UDP', '-i 4tcp'],
    fits: /^[46]?(?:tcp|udp)$/i,
    beside: interfacesBeside,
    system: 'lsof',
    meaning: 'Internet sockets',
    ours: 'tsnetstat -tanp for TCP, tsnetstat -tlnp for its servers, tsnetstat -uanp for UDP',
  },
  {
    typed: ['-i -p 3000', '-a -i -p 3000', '-a -p 3000,3001 -i'],
    fits: /^\d+(?:,\d+)*$/,
    beside: interfacesBeside,
    behind: /^-[A-Za-z0-9]*p$/,
    system: 'lsof',
    meaning: 'the Internet sockets of a process',
    ours: 'tsnetstat -tuanp --pid 3000',
  },
  {
    typed: ['-i -a -c nginx', '-c nginx -i', '-ac nginx -i'],
    fits: new RegExp(`(?!${anInterface.source})${bareName.source}`),
    beside: interfacesBeside,
    behind: /^-a?c$/,
    system: 'lsof',
    meaning: 'the Internet sockets of programs whose name begins so',
    ours: "tsnetstat -tuanp --program 'TYPED*'",
  },
  {
    typed: ['-i -u root'],
    fits: bareName,
    beside: interfacesBeside,
    behind: /^-a?u$/,
    system: 'lsof',
    meaning: 'the Internet sockets of a user',
    ours: 'tsnetstat -tuanp --user TYPED',
    on: linux,
  },
];
