import type { Task } from '../options/index.ts';
import { plainText } from '../options/manual/plain-text.ts';
import { topicPieces } from '../options/manual/sections.ts';
import type { Paint } from '../views/text/paint.ts';
import { vocabulary } from './vocabulary.ts';

/** The text of --help TOPIC; without `paint` in no colour. */
export function topicText(
  { name, report }: NonNullable<Extract<Task, { kind: 'help' }>['topic']>,
  paint: Paint | null,
): string {
  return plainText(topicPieces(name, report, vocabulary), paint?.option ?? String);
}
