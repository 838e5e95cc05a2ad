import { expect } from 'vitest';
import { askedOf } from '../../../src/model/request/asked.ts';
import { defaultListing } from '../../../src/options/default-listing.ts';
import { parseSaved, type Saved } from '../../../src/saved/parse-saved.ts';
import { exactJson } from '../../../src/text/json-text.ts';
import {
  group,
  inet,
  netInterface,
  owner,
  route,
  traffic,
  unixSocket,
} from '../../support/builders.ts';
import { textTarget } from '../target.ts';

const head = { schemaVersion: 1, platform: 'linux', takenAt: '2026-01-31T12:00:00.000Z' };

/** In the layout of --save: a line per row. */
function saved(report: string, rows: readonly unknown[]): string {
  const start = exactJson({
    ...head,
    asked: { ...askedOf(defaultListing, 'web1'), report },
    [report]: [],
  });
  const lines = rows.map((row) => exactJson(row)).join(',\n');
  return `${start.slice(0, -2)}\n${lines}\n],"warnings":[\n]}\n`;
}

/** null: it is refused, with one line that names the file. */
function read(text: string): Saved | null {
  try {
    return parseSaved(Buffer.from(text), 'base.json');
  } catch (error) {
    const { name, message } = error as Error;
    expect(name).toBe('NetstatError');
    expect(message).toMatch(/^base\.json: [^\n]+$/);
    return null;
  }
}

/** Saved files, which may come from anybody. */
export const savedTargets = [
  textTarget({
    name: 'saved',
    covers: ['parseSaved'],
    seeds: [
      saved('sockets', [
        inet('127.0.0.1:631', '0.0.0.0', { owners: [owner(7, 'cupsd')], noOwner: null }),
        unixSocket(),
      ]),
      saved('routes', [route()]),
      saved('interfaces', [netInterface('eth0', { received: traffic({ bytes: 2n ** 63n }) })]),
      saved('groups', [group('eth0', '224.0.0.1', 1)]),
    ],
    alphabet: 'text',
    // The end of an answer, and the start of the next one of -c.
    pieces: ['\n],"warnings":[\n', ']}\n{'],
    read,
    check: (_, answer) => {
      if (answer === null) return;
      // Saved again, it is read as the same.
      const { report, rows, asked, ...rest } = answer;
      const text = exactJson({ ...head, ...rest, ...(asked && { asked }), [report]: rows });
      expect(parseSaved(Buffer.from(text), '')).toEqual(answer);
    },
  }),
];
