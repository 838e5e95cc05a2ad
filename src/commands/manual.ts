import { manPage } from '../options/man-page.ts';
import { vocabulary } from './vocabulary.ts';

/**
 * man/tsnetstat.1, which the build writes: nothing of it is in the program.
 * @param date the day it speaks of, as `2026-01-31`
 */
export function manual(version: string, date: string): string {
  return manPage(version, vocabulary, date);
}
