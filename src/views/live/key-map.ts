import type { KeyName } from './input.ts';

/** What a key does. */
export type Action =
  | 'up'
  | 'down'
  | 'page-up'
  | 'page-down'
  | 'first'
  | 'last'
  | 'details'
  | 'back'
  | 'filter'
  | 'unfilter'
  | 'sort'
  | 'reverse'
  | 'columns'
  | 'tcp'
  | 'udp'
  | 'raw'
  | 'unix'
  | 'listening'
  | 'all'
  | 'names'
  | 'group'
  | 'pause'
  | 'faster'
  | 'slower'
  | 'copy'
  | 'save'
  | 'redraw'
  | 'suspend'
  | 'help'
  | 'quit'
  | 'interrupt';

/** A line of the key table, the single source of the keys for the program, its help and docs/live.md. */
export interface KeyLine {
  readonly action: Action;
  /** What is typed: names of `KeyName`, or the characters themselves. */
  readonly keys: readonly (KeyName | (string & {}))[];
  /** The keys as shown to people. */
  readonly shown: string;
  /** One or two words for the bottom line; left out: not listed there. */
  readonly label?: string;
  /** One sentence without a full stop. */
  readonly meaning: string;
}

/** Every key of the table, in the order of the help. In the bottom line the first labels matter most. */
export const keyMap: readonly KeyLine[] = [
  { action: 'up', keys: ['up', 'k'], shown: '↑ k', meaning: 'one row up; so does the wheel' },
  { action: 'down', keys: ['down', 'j'], shown: '↓ j', meaning: 'one row down' },
  { action: 'page-up', keys: ['pageup'], shown: 'PgUp', meaning: 'one screen up' },
  { action: 'page-down', keys: ['pagedown', ' '], shown: 'PgDn Space', meaning: 'one screen down' },
  { action: 'first', keys: ['home'], shown: 'Home', meaning: 'to the first row' },
  { action: 'last', keys: ['end', 'G'], shown: 'End G', meaning: 'to the last row' },
  {
    action: 'details',
    keys: ['enter'],
    shown: 'Enter',
    label: 'details',
    meaning: 'all details of the socket; for a group, its sockets',
  },
  {
    action: 'back',
    keys: ['escape', 'left'],
    shown: 'Esc ←',
    meaning: 'back: to the table, from an opened group to the groups, else to the row at the top',
  },
  {
    action: 'filter',
    keys: ['/'],
    shown: '/',
    label: 'filter',
    meaning: 'filter rows by an expression, beside the flags; empty: without one',
  },
  {
    action: 'unfilter',
    keys: ['delete'],
    shown: 'Del',
    meaning: 'remove the expression; / and ↑ bring it back',
  },
  {
    action: 'sort',
    keys: ['s'],
    shown: 's',
    label: 'sort',
    meaning: 'choose the sort key, of sockets or of groups',
  },
  { action: 'reverse', keys: ['S'], shown: 'S', meaning: 'reverse the sort order' },
  {
    action: 'columns',
    keys: ['c'],
    shown: 'c',
    label: 'columns',
    meaning: 'choose columns',
  },
  {
    action: 'group',
    keys: ['g'],
    shown: 'g',
    label: 'group',
    meaning: 'group by program, workload, remote host, port, state; then the sockets again',
  },
  {
    action: 'tcp',
    keys: ['t'],
    shown: 't',
    meaning: 'TCP, combined with the other letters; again: without it',
  },
  { action: 'udp', keys: ['u'], shown: 'u', meaning: 'UDP, likewise' },
  { action: 'raw', keys: ['w'], shown: 'w', meaning: 'raw sockets, likewise' },
  { action: 'unix', keys: ['x'], shown: 'x', meaning: 'UNIX sockets, likewise' },
  {
    action: 'listening',
    keys: ['l'],
    shown: 'l',
    meaning: 'only servers, as -l; again: only connections',
  },
  {
    action: 'all',
    keys: ['a'],
    shown: 'a',
    meaning: 'servers and connections, as -a; again: only connections',
  },
  { action: 'names', keys: ['n'], shown: 'n', meaning: 'names instead of numbers, or numbers' },
  {
    action: 'pause',
    keys: ['p'],
    shown: 'p',
    label: 'pause',
    meaning: 'pause or resume reading; while paused, another query or column is read once',
  },
  { action: 'faster', keys: ['-'], shown: '-', meaning: 'a shorter interval' },
  { action: 'slower', keys: ['+', '='], shown: '+', meaning: 'a longer interval' },
  {
    action: 'copy',
    keys: ['y'],
    shown: 'y',
    meaning: 'copy the command line that shows this row (if the terminal supports OSC 52)',
  },
  {
    action: 'save',
    keys: ['W'],
    shown: 'W',
    meaning:
      'save the query and its answer, read anew as by --save, to a file here, named by the time',
  },
  { action: 'redraw', keys: ['ctrl-l'], shown: 'Ctrl-L', meaning: 'redraw the screen' },
  { action: 'suspend', keys: ['ctrl-z'], shown: 'Ctrl-Z', meaning: 'suspend; fg resumes' },
  { action: 'help', keys: ['?', 'h'], shown: '?', label: 'help', meaning: 'these keys' },
  { action: 'quit', keys: ['q'], shown: 'q', label: 'quit', meaning: 'quit; exit code 0' },
  { action: 'interrupt', keys: ['ctrl-c'], shown: 'Ctrl-C', meaning: 'quit; exit code 130' },
];

const actions = new Map(keyMap.flatMap(({ action, keys }) => keys.map((key) => [key, action])));

/** The action of a key in the table; undefined: none. */
export function actionOf(key: string): Action | undefined {
  return actions.get(key);
}
