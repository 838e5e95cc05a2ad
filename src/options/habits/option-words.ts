import type { Habit } from './habit.ts';
import { countedColumn, counting } from './parts.ts';

/** Names of what an option does here: of formats, reports, columns and states. */
export const optionWords: readonly Habit[] = [
  {
    typed: ['-o json', 'json', 'ndjson'],
    fits: /^(?:nd)?json$/i,
    system: 'other tools',
    meaning: 'a format',
    ours: '--json, or --format ndjson with a line for each row',
  },
  {
    typed: ['-o csv', 'csv'],
    fits: /^csv$/i,
    system: 'other tools',
    meaning: 'a format',
    ours: '--format csv',
  },
  {
    typed: ['top', 'live'],
    fits: /^(?:top|live)$/i,
    system: 'other tools',
    meaning: 'a full-screen view',
    ours: '--live',
  },
  {
    typed: ['watch'],
    fits: /^watch$/i,
    system: 'other tools',
    meaning: 'repeat the listing',
    ours: '-c, or --live for a full-screen view',
  },
  {
    typed: ['routes', 'route'],
    fits: /^routes?$/i,
    system: 'other tools',
    meaning: 'the routing table',
    ours: '-r',
  },
  {
    typed: ['diagnose'],
    fits: /^diagnose$/i,
    system: 'other tools',
    meaning: 'what is wrong',
    ours: '--diagnose',
  },
  {
    typed: ['follow'],
    fits: /^follow$/i,
    system: 'other tools',
    meaning: 'what comes and goes',
    ours: '--follow',
  },
  {
    typed: ['--group state'],
    fits: countedColumn,
    beside: /^--group$/,
    system: 'other tools',
    meaning: 'counts by a column',
    ...counting('tsnetstat -tan -H --columns TYPED'),
  },
  {
    typed: ['listen', 'established', 'time-wait'],
    fits: /^(?:listen(?:ing)?|established|(?:time|close|fin)[-_ ]?wait[-_ ]?[12]?|last[-_ ]?ack|syn[-_ ]?(?:sent|re?cv\w*|received)|clos(?:ed|ing))$/i,
    system: 'other tools',
    meaning: 'a state',
    ours: '--state STATE',
  },
];
