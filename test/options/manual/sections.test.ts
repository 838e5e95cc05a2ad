import { describe, expect, it } from 'vitest';
import { vocabulary } from '../../../src/commands/vocabulary.ts';
import type { ReportKind } from '../../../src/model/report/snapshot.ts';
import { helpTopics } from '../../../src/options/help-topic.ts';
import { topicPieces } from '../../../src/options/manual/sections.ts';

/** The first name of each item of a topic. */
function named(topic: (typeof helpTopics)[number], report: ReportKind = 'sockets') {
  return topicPieces(topic, report, vocabulary).flatMap((piece) =>
    piece.kind === 'item' ? [/^`([^`]+)`/.exec(piece.term)?.[1]] : [],
  );
}

describe('topicPieces', () => {
  it.each(Object.keys(vocabulary.columns) as ReportKind[])(
    'describes every column of %s, and no other, and names its sort keys',
    (report) => {
      expect(named('columns', report)).toEqual(vocabulary.columns[report]);
      const prose = topicPieces('columns', report, vocabulary).map((piece) =>
        piece.kind === 'paragraph' ? piece.text : '',
      );
      expect(prose).toContain(
        `${vocabulary.sortKeys[report].map((key) => `\`${key}\``).join(', ')}.`,
      );
    },
  );

  it('says the unit of a column', () => {
    const terms = topicPieces('columns', 'sockets', vocabulary).flatMap((piece) =>
      piece.kind === 'item' ? [piece.term] : [],
    );
    expect(terms).toEqual(expect.arrayContaining(['`recvq` (bytes)', '`rtt` (ms)']));
  });

  it.each([
    ['expressions', [...vocabulary.fields].sort()],
    ['states', Object.keys(vocabulary.stateGroups).sort()],
    ['checks', vocabulary.checks.map(({ name }) => name).sort()],
  ] as const)('describes all %s', (topic, names) => {
    expect(named(topic).sort()).toEqual(names);
  });

  it.each(helpTopics)('%s has no heading: it is the only section', (topic) => {
    const kinds = topicPieces(topic, 'sockets', vocabulary).map(({ kind }) => kind);
    expect(kinds).not.toContain('heading');
    expect(kinds[0]).toBe('paragraph');
  });
});
