import { manPage } from '../options/manual/man-page.ts';
import { vocabulary } from './vocabulary.ts';

/**
 * The text of man/tsnetstat.1, which the build writes; it is not part of the program.
 * @param date its date, as `2026-01-31`
 */
export function manual(version: string, date: string): string {
  return manPage(version, vocabulary, date);
}
