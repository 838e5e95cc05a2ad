import type { Which } from '../../../model/request/query.ts';

/** What a section's title says about the rows that it has. */
export const whichText: Record<Which, string> = {
  connected: '(w/o servers)',
  listening: '(only servers)',
  all: '(servers and established)',
};
