import { describe, expect, it } from 'vitest';
import { NetstatError } from '../../../src/errors.ts';
import type { Diagnosis } from '../../../src/model/report/diagnosis.ts';
import type { MachinesAsked } from '../../../src/model/request/listing.ts';
import type { Socket } from '../../../src/model/socket/socket.ts';
import { defaultListing } from '../../../src/options/default-listing.ts';
import { checksAsked } from '../../../src/pipeline/diagnosis/checks-asked.ts';
import { diagnose } from '../../../src/pipeline/diagnosis/diagnose.ts';
import type { DiagnosisParts } from '../../../src/pipeline/diagnosis/parts.ts';
import { selectionOf } from '../../../src/select/index.ts';
import { inet, owner } from '../../support/builders.ts';
import {
  answering,
  type FakeMachines,
  fakeMachines,
  refused,
} from '../../support/fake-machines.ts';
import type { FakeReading } from '../../support/fake-source.ts';
import { noLookups } from '../../support/no-lookups.ts';
import { documentErrors } from '../../views/text/support/schema.ts';

const waiting = (count: number) =>
  Array.from({ length: count }, (_, at) =>
    inet('192.0.2.1:80', `203.0.113.9:${4000 + at}`, {
      state: 'CLOSE_WAIT',
      inode: at + 1,
      owners: [owner(9, 'nginx')],
    }),
  );
/** The same at each of its readings. */
const always = (...rows: readonly Socket[]) => Array.from({ length: 20 }, () => answering(...rows));
const refusing = (name: string): readonly FakeReading[] => [{ failure: refused(name) }];

async function diagnosed(
  machines: FakeMachines,
  asked: Partial<MachinesAsked> = {},
  service: DiagnosisParts['service'] = null,
) {
  const answered: string[] = [];
  const notes: string[] = [];
  const source = fakeMachines(machines, asked, {
    onAnswer: (some, all) => answered.push(`${some}/${all}`),
  });
  const query = { ...defaultListing.query, which: 'all', protocols: ['tcp'] } as const;
  const selection = await selectionOf(
    query,
    noLookups,
    async () => null,
    () => undefined,
  );
  const diagnosis = await diagnose(
    {
      ...{ source, query, selection, netns: 'own', severity: 'note', service },
      note: (message) => notes.push(message),
      checks: checksAsked({ checks: ['close-wait:count=3', 'lossy-paths'], ignore: [] }),
      elapsed: () => 0,
      sleep: async () => {},
    },
    '2026-01-31T00:00:00.000Z',
  );
  return { diagnosis, answered, notes };
}

const found = ({ findings }: Diagnosis) =>
  findings.map(({ host, check, socketCount }) => `${host} ${check} ${socketCount}`);

describe('a diagnosis of several machines', () => {
  it('has the evidence of each by itself', async () => {
    // Two on each are too few for a finding, whatever they are together.
    const few = await diagnosed({ a: always(...waiting(2)), b: always(...waiting(2)) });
    expect(found(few.diagnosis)).toEqual([]);
    const { diagnosis, answered } = await diagnosed({
      a: always(...waiting(2)),
      b: always(...waiting(4)),
      c: always(...waiting(3)),
    });
    expect(found(diagnosis)).toEqual(['b close-wait 4', 'c close-wait 3']);
    expect(diagnosis.findings.map(({ command }) => command?.join(' '))).toEqual([
      'tsnetstat --on b -tanp state close-wait and pid = 9',
      'tsnetstat --on c -tanp state close-wait and pid = 9',
    ]);
    expect(diagnosis.checks.map(({ check }) => check)).toEqual(['close-wait']);
    for (const { host, remedy } of diagnosis.findings)
      expect(remedy.startsWith(`On ${host}: `)).toBe(true);
    expect(diagnosis.findings[0]?.sockets.every(({ host }) => host === 'b')).toBe(true);
    expect(answered).toEqual(['1/3', '2/3', '3/3']);
    expect(documentErrors(diagnosis)).toEqual([]);
  });

  it('reports what could not be checked once, if that is so everywhere', async () => {
    const { diagnosis } = await diagnosed({ a: always(), b: always() });
    expect(diagnosis.notRun).toEqual([
      { check: 'lossy-paths', reason: "machines read with --on do not provide TCP's internals" },
    ]);
  });

  it('has the summary of a service if one machine is asked, with what was saved of that', async () => {
    const server = (host: string) => ({
      ...inet('0.0.0.0:80', '0.0.0.0:0', { owners: [owner(9, 'nginx')] }),
      host,
    });
    const service = {
      asked: { by: 'port', value: '80' } as const,
      openAll: () => Promise.reject(new Error('not needed')),
      earlier: { takenAt: '2026-01-30T00:00:00.000Z', sockets: [server('b'), server('a')] },
    };
    const one = await diagnosed({ a: always(server('a')) }, {}, service);
    expect(one.diagnosis.service).toMatchObject({ status: 'listening', listenerCount: 1 });
    expect(one.diagnosis.service?.earlier?.listeners.map(({ host }) => host)).toEqual(['a']);
    expect(one.notes).toEqual([]);
    const two = await diagnosed({ a: always(server('a')), b: always() }, {}, service);
    expect(two.diagnosis).not.toHaveProperty('service');
    expect(two.notes).toEqual(['the summary of a service requires that --on names one machine']);
    const none = await diagnosed({ a: always(), b: always() });
    expect(none.notes).toEqual([]);
  });

  it('has the warnings of each machine, and the worst findings first', async () => {
    const warning = { code: 'unreadable', message: 'tcp: no', source: 'tcp' } as const;
    const rows = waiting(3).map((row) => ({ ...row }));
    const partly = Array.from({ length: 20 }, () => ({ batches: [rows], warnings: [warning] }));
    const { diagnosis } = await diagnosed({ a: partly, b: always(...waiting(1000)) });
    const severities = diagnosis.findings.map(({ host, severity }) => `${host} ${severity}`);
    expect(severities).toEqual(['b critical', 'a warning']);
    expect(diagnosis.warnings).toMatchObject([{ code: 'unreadable', host: 'a' }]);
  });

  it('stands without a machine that does not answer, which is a warning', async () => {
    const { diagnosis } = await diagnosed({ bad: refusing('bad'), b: always(...waiting(3)) });
    expect(found(diagnosis)).toEqual(['b close-wait 3']);
    expect(diagnosis.warnings).toEqual([
      {
        code: 'host-failed',
        message: 'bad: ssh: connect to host bad: refused',
        source: 'bad',
        host: 'bad',
      },
    ]);
  });

  it.each<[string, FakeMachines, boolean, string]>([
    [
      'none answers',
      { x: refusing('x'), y: refusing('y') },
      false,
      'none of 2 machines answered: x: ssh: connect to host x: refused; y: ssh: connect to host y: refused',
    ],
    ['the one that is asked does not', { x: refusing('x') }, false, 'x: ssh: connect'],
    [
      'with strict one does not',
      { x: refusing('x'), y: always() },
      true,
      '--strict: 1 of 2 machines did not answer: x: ssh: connect',
    ],
  ])('is none where %s', async (_, machines, strict, message) => {
    const error = await diagnosed(machines, { strict }).catch((error) => error);
    expect(error).toBeInstanceOf(NetstatError);
    expect(error.message).toContain(message);
  });
});
