import { describe, expect, it } from 'vitest';
import type { AcceptQueue } from '../../src/model/socket/info.ts';
import type { Socket } from '../../src/model/socket/socket.ts';
import type { Workload } from '../../src/model/socket/workload.ts';
import { parseSaved } from '../../src/saved/parse-saved.ts';
import { count, counterOrNull, nullable, objectOf, optional } from '../../src/shapes/shape.ts';
import { parseOwnAnswer } from '../../src/sources/remote/own-answer.ts';
import { exactJson } from '../../src/text/json-text.ts';
import { eventViewFor } from '../../src/views/text/events/index.ts';
import { netstat } from '../../src/views/text/netstat/index.ts';
import { table } from '../../src/views/text/table.ts';
import { inetSocket, owner, tcpInfo, unixSocket } from '../support/builders.ts';
import { unsafeCharacter } from '../views/text/support/arbitrary.ts';
import { contextWith, render, takenAt } from '../views/text/support/render.ts';

/** What clears a terminal, and a line that looks like another row. */
const attack = '\u001b[2J\ntcp        0      0 192.0.2.1:22   192.0.2.2:40000   ESTABLISHED\n';

const workload: Workload = {
  ...{ kind: 'container', runtime: 'docker', name: 'web', id: 'ab12', namespace: 'a' },
  ...{ podUid: 'b', container: 'c', image: 'nginx', unit: 'docker.service' },
};
const whole = {
  inode: 7,
  owners: [owner(7, 'nginx', { commandLine: 'nginx', executable: '/bin/nginx', startedAt: 'x' })],
  noOwner: 'denied',
  peer: { inode: 8, owners: [owner(8, 'curl')], noOwner: 'none', workload },
  workload,
  workloads: [workload],
  noWorkload: 'none',
  cgroup: '/a',
  exposure: {
    kind: 'published',
    reason: 'none',
    workloads: [workload],
    published: [
      {
        protocol: 'tcp',
        ...{ hostAddress: '192.0.2.1', hostPort: 1, address: '192.0.2.9' },
        ...{ port: 2, workload: 'web' },
      },
    ],
  },
  netns: { inode: 1, name: 'blue', own: false },
  host: 'web1',
} as const;
const ends = {
  local: { address: '192.0.2.1', port: 1, zone: 'eth0' },
  remote: { address: '192.0.2.2', port: 2, zone: 'eth0' },
} as const;
const sockets: readonly Socket[] = [
  inetSocket({ ...whole, ...ends, tcpInfo: tcpInfo(), createdAt: takenAt }),
  inetSocket({ ...whole, ...ends, protocol: 'udp', state: 'ESTABLISHED' }),
  inetSocket({ ...whole, ...ends, protocol: 'raw', state: 'UNKNOWN(3)' }),
  inetSocket({
    ...{ ...whole, protocol: 'sctp', state: 'ESTABLISHED', associationState: 'SHUTDOWN_SENT' },
    local: { address: '192.0.2', port: 1, zone: null, cut: true },
    ...{ localAlternates: ['192.0.2.3'], remoteAlternates: ['192.0.2.4'] },
  }),
  unixSocket({ ...whole, type: 'SEQPACKET' }),
];

/** The row with `text` in each of the places where it has a text. */
function* withText(value: unknown, text: string): Generator<readonly [place: string, unknown]> {
  if (typeof value === 'string') yield ['', text];
  else if (typeof value === 'object' && value !== null) {
    for (const [key, one] of Object.entries(value)) {
      for (const [place, changed] of withText(one, text)) {
        const copy = Array.isArray(value) ? [...value] : { ...value };
        Object.assign(copy, { [key]: changed });
        yield [`.${key}${place}`, copy];
      }
    }
  }
}

function answerOf(row: unknown): string {
  return exactJson({ schemaVersion: 1, platform: 'linux', takenAt, sockets: [row], warnings: [] });
}

function savedRows(row: unknown): readonly Socket[] | null {
  try {
    return parseSaved(Buffer.from(answerOf(row)), 'base.json').rows as readonly Socket[];
  } catch (error) {
    expect(error).toMatchObject({ code: 'unrecognized' });
    return null;
  }
}

const ownRows = (row: unknown) => parseOwnAnswer(Buffer.from(answerOf(row)))?.rows ?? null;

const asked = {
  protocols: ['tcp', 'sctp', 'udp', 'udplite', 'raw', 'unix'],
  ...{ programs: true, timers: true, extend: 2, wide: true, peers: true, workloads: true },
  ...{ exposure: true, tcpInfo: true, socketInfo: true, withNetns: true, machineNames: ['web1'] },
} as const;

/** All that shows rows as a line each. */
async function shown(rows: readonly Socket[]): Promise<string> {
  const texts = [
    await render(netstat, 'sockets', rows, { asked }),
    await render(netstat, 'sockets', rows, { asked: { ...asked, wide: false } }),
  ];
  const context = { ...contextWith(asked), platform: 'linux' } as const;
  const line = (await eventViewFor('netstat')).lines(context);
  const rest = { knownBy: 'round', seenFor: null, stateBefore: null, ownersBefore: null } as const;
  for (const socket of rows) {
    texts.push(line({ event: 'opened', time: takenAt, ...rest, socket, traffic: null }));
  }
  return texts.join('');
}

const linesIn = (text: string) => text.split('\n').length;

describe('text of an answer of others', () => {
  it.each(sockets.map((row) => [row.protocol, row] as const))(
    'breaks no line and sends nothing to a terminal, wherever it stands in a row of %s',
    async (_, row) => {
      const plain = linesIn(await shown([row]));
      let places = 0;
      for (const [place, changed] of withText(row, attack)) {
        places++;
        for (const rows of [savedRows(changed), ownRows(changed)]) {
          if (rows === null) continue;
          const text = await shown(rows);
          const wrapped = await render(table, 'sockets', rows, { asked });
          expect((text + wrapped).replaceAll('\n', ''), place).not.toMatch(unsafeCharacter);
          expect(linesIn(text), place).toBe(plain);
        }
      }
      expect(places).toBeGreaterThan(20);
      for (const rows of [savedRows(row), ownRows(row)]) expect(rows).toHaveLength(1);
    },
  );

  it.each([
    ['local', { local: { address: '0x7f.1', port: 1, zone: null } }],
    ['local', { local: { address: 'web', port: 1, zone: null } }],
    ['state', { state: '1 2' }],
    ['state', { state: 'established' }],
    ['timer', { timer: { kind: 'constructor', expiresIn: 0, retransmits: 0, probes: 0 } }],
    ['localAlternates', { localAlternates: ['x'] }],
    ['associationState', { associationState: '' }],
  ])('is refused where the model has a word or an address: %s', (_, changes) => {
    expect(ownRows({ ...inetSocket(), ...changes })).toBeNull();
  });

  it.each([{ type: 'STREAM ' }, { type: 'constructor' }, { state: '\u001b' }])(
    'is refused in a row of a UNIX socket: %j',
    (changes) => {
      expect(ownRows({ ...unixSocket(), ...changes })).toBeNull();
    },
  );

  it('has no counter that is longer than 64 bits are', () => {
    const row = answerOf({ ...inetSocket(), cookie: 1n });
    const long = row.replace('"cookie":1', `"cookie":"${'9'.repeat(100_000)}"`);
    expect(parseOwnAnswer(Buffer.from(long))).toBeNull();
  });
});

describe('the shape of an object of the model', () => {
  const limit = nullable(count);

  it('deletes what the model does not have', () => {
    const queue = { length: 1, limit: null, later: 'version' };
    expect(objectOf<AcceptQueue>({ length: count, limit })(queue)).toBeNull();
    expect(queue).toEqual({ length: 1, limit: null });
  });

  it('has each of its fields, or does not compile: what it lacks would be deleted from every answer', () => {
    // @ts-expect-error no `limit`
    objectOf<AcceptQueue>({ length: count });
    // @ts-expect-error no field of the model
    objectOf<AcceptQueue>({ length: count, limit, most: count });
    // @ts-expect-error always there
    objectOf<AcceptQueue>({ length: optional(count), limit });
  });

  it('has only counters that are parsed exactly, or does not compile: long ones would lose digits', () => {
    objectOf<{ bytes: bigint | null }>({ bytes: counterOrNull });
    // @ts-expect-error not in `exactFields`
    objectOf<{ later: bigint | null }>({ later: counterOrNull });
    // @ts-expect-error not in `exactFields`, and may be left out
    objectOf<{ later?: bigint | null }>({ later: { optional: counterOrNull } });
    // @ts-expect-error checked as a number that may have lost digits
    objectOf<{ cookie?: bigint | null }>({ cookie: optional(nullable(count)) });
  });
});
