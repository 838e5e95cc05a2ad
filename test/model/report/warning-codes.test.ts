import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  errorsOfReading,
  failuresOfMachine,
  hidingNothing,
  hidingOwners,
  lackingRows,
  lackingTable,
  onlyVerbose,
  warningCodes,
  warningsOfReading,
} from '../../../src/model/report/warning-codes.ts';

const root = join(import.meta.dirname, '../../..');

/** The words of a schema's enumerations, wherever they are in it. */
function enumerations(node: unknown): readonly (readonly unknown[])[] {
  if (typeof node !== 'object' || node === null) return [];
  const own = 'enum' in node && Array.isArray(node.enum) ? [node.enum] : [];
  return [...own, ...Object.values(node).flatMap(enumerations)];
}

describe('the codes of warnings', () => {
  it('are those of the schema, in its order, and all in docs/formats.md', () => {
    const schema = JSON.parse(readFileSync(join(root, 'schema/tsnetstat.schema.json'), 'utf8'));
    const codes = Object.keys(warningCodes);
    expect(enumerations(schema)).toContainEqual(codes);
    const page = readFileSync(join(root, 'docs/formats.md'), 'utf8');
    expect(codes.filter((code) => !page.includes(`\`${code}\``))).toEqual([]);
  });

  it.each([
    ['lack rows', lackingRows, 'forbidden unreadable empty malformed cut host-failed'],
    ['lack a table', lackingTable, 'absent forbidden unreadable empty'],
    ['hide only owners', hidingOwners, 'owners-denied owners-failed'],
    ['hide nothing', hidingNothing, 'absent incomplete'],
    ['are said only with -v', onlyVerbose, 'absent'],
    ['are of a machine', failuresOfMachine, 'host-failed'],
  ])('some %s', (_, codes, words) => {
    expect([...codes].join(' ')).toBe(words);
  });

  it('are each counted as one thing', () => {
    const counted = [...errorsOfReading, ...warningsOfReading, ...failuresOfMachine];
    expect(counted.toSorted()).toEqual(Object.keys(warningCodes).toSorted());
  });
});
