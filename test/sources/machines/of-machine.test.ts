import { describe, expect, it } from 'vitest';
import type { Warning } from '../../../src/model/report/snapshot.ts';
import { ofMachine } from '../../../src/sources/machines/of-machine.ts';
import type { OwnerQuery, Source, WarningSink } from '../../../src/sources/source.ts';
import { fakeSource, watchedSource } from '../../support/fake-source.ts';
import { answer, socketQuery, warningSink } from '../../support/source-answers.ts';

const torn: Warning = { code: 'incomplete', message: 'the file is torn', source: 'web1:/proc' };
const warns = (sink: WarningSink) => sink.warn(torn);

describe('a machine among others', () => {
  it.each<[string, Partial<Source>, (source: Source, sink: WarningSink) => unknown]>([
    [
      'the other ends of UNIX sockets',
      {
        async unixPeers(sink) {
          warns(sink);
          return null;
        },
      },
      (source, sink) => source.unixPeers?.(sink),
    ],
    [
      'owners',
      {
        async withOwners(_, __, sink) {
          warns(sink);
        },
      },
      (source, sink) => source.withOwners?.([], { depth: 'all', details: true } as never, sink),
    ],
    [
      'facts',
      {
        async systemFacts(_, sink) {
          warns(sink);
          return [];
        },
      },
      (source, sink) => source.systemFacts?.([], sink),
    ],
  ])('is named in what it warns of %s', async (_, abilities, use) => {
    const sink = warningSink();
    await use(ofMachine('web1', { ...fakeSource(), ...abilities }), sink);
    expect(sink.warnings).toEqual([{ ...torn, message: 'web1: the file is torn', host: 'web1' }]);
  });

  it('is named where its owners are hidden', async () => {
    const source = watchedSource(({ owners }) => owners?.onHidden?.(() => torn), {});
    const told: unknown[] = [];
    const owners: OwnerQuery = {
      ...{ depth: 'all', details: false },
      onHidden: (warningFor, host) => told.push([warningFor(1), host]),
    };
    await answer(ofMachine('web1', source), socketQuery({ protocols: ['tcp'], owners }));
    expect(told).toEqual([[torn, 'web1']]);
  });

  it('can do what its source can, and says of which machine a row is', () => {
    const plain = ofMachine('web1', fakeSource());
    // What it lacks is not there: whoever asks goes another way.
    const abilities = ['unixPeers', 'withOwners', 'systemFacts', 'portUnits', 'closings'];
    expect(Object.keys(plain).filter((name) => abilities.includes(name))).toEqual([]);
    expect(plain.facts).toContain('machines');
    const portUnits = () => Promise.resolve(new Map() as never);
    expect(ofMachine('web1', { ...fakeSource(), portUnits })).toMatchObject({ portUnits });
  });
});
