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
    'describes every column of %s, and no other, and marks those that are no sort keys',
    (report) => {
      expect(named('columns', report)).toEqual(vocabulary.columns[report]);
      const sortable = topicPieces('columns', report, vocabulary).flatMap((piece) =>
        piece.kind === 'item' && !piece.text.endsWith(' Not a sort key.') ? [piece] : [],
      );
      expect(sortable.map(({ term }) => /\w+/.exec(term)?.[0])).toEqual(
        vocabulary.sortKeys[report],
      );
    },
  );

  it('says the unit of a column', () => {
    const terms = topicPieces('columns', 'sockets', vocabulary).flatMap((piece) =>
      piece.kind === 'item' ? [piece.term] : [],
    );
    expect(terms).toEqual(expect.arrayContaining(['`recvq` (bytes)', '`rtt` (ms)']));
  });

  it('says of every field of expressions once what it is compared with', () => {
    const items = topicPieces('expressions', 'sockets', vocabulary).flatMap((piece) =>
      piece.kind === 'item' ? [piece] : [],
    );
    const names = items.flatMap(({ term }) => term.replace(/ \(.*?\)/g, '').split(', '));
    expect(names.sort()).toEqual(vocabulary.fields.map((field) => `\`${field}\``).sort());
    const queues = items.find(({ term }) => term.startsWith('`recvq`, `sendq`, '));
    expect(queues?.text).toMatch(/^A number of bytes, .*`1MB`\.$/);
    expect(items).toContainEqual(expect.objectContaining({ term: '`mark` (`fwmark`)' }));
  });

  it('describes all groups of states', () => {
    expect(named('states').sort()).toEqual(Object.keys(vocabulary.stateGroups).sort());
  });

  it('describes each check under its name: what it finds, what to do, its thresholds', () => {
    const pieces = topicPieces('checks', 'sockets', vocabulary);
    for (const { name, intro, parts, thresholds } of vocabulary.checks) {
      const at = pieces.findIndex((piece) => piece.kind === 'subheading' && piece.text === name);
      const [, paragraph, ...rest] = pieces.slice(at);
      expect(paragraph).toMatchObject({ kind: 'paragraph', text: intro });
      const items = rest.slice(0, parts.length + thresholds.length);
      expect(items.map((piece) => piece.kind === 'item' && piece.term)).toEqual([
        ...parts.map(([label]) => label),
        ...thresholds.map(({ term }) => term),
      ]);
      expect(parts.at(-1)?.[0]).toBe('To do');
    }
  });

  it.each(helpTopics)('%s has no heading: it is the only section', (topic) => {
    const kinds = topicPieces(topic, 'sockets', vocabulary).map(({ kind }) => kind);
    expect(kinds).not.toContain('heading');
    expect(kinds[0]).toBe('paragraph');
  });
});
