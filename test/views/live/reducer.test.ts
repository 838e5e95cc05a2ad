import { describe, expect, test } from 'vitest';
import type { Netns } from '../../../src/model/machine/netns.ts';
import { inetProtocols } from '../../../src/model/protocol.ts';
import type { Fact } from '../../../src/model/report/facts.ts';
import type { MarkedSocket } from '../../../src/model/report/marked-socket.ts';
import { defaultListing } from '../../../src/options/default-listing.ts';
import { type InputReader, inputReader } from '../../../src/views/live/input.ts';
import { layoutOf } from '../../../src/views/live/layout.ts';
import { type Effect, type KeyContext, pressed } from '../../../src/views/live/reducer.ts';
import { firstState, type LiveState } from '../../../src/views/live/state.ts';
import { inet, unixSocket } from '../../support/builders.ts';

const facts: readonly Fact[] = ['queues', 'users', 'inodes', 'timers'];
const context: KeyContext = {
  facts,
  titles: [],
  check: (text) => (text.includes('?') ? { text: 'expected no ?', at: text.indexOf('?') } : null),
};

const rows: readonly MarkedSocket[] = Array.from({ length: 100 }, (_, at) => ({
  socket: inet('192.0.2.1:443', `198.51.100.1:${1000 + at}`, { inode: at + 1 }),
  mark: null,
}));

const layout = layoutOf({ columns: 80, rows: 24 });

function stateWith(changes: Partial<LiveState> = {}): LiveState {
  return {
    ...firstState({ ...defaultListing, query: { ...defaultListing.query, which: 'all' } }),
    round: { takenAt: '', rows, totals: [], count: 100 },
    ...changes,
  };
}

/** The state that keys lead to, and the last effect. */
function typed(keys: string, before = stateWith()): { state: LiveState; effect?: Effect } {
  const reader: InputReader = inputReader();
  let state = before;
  let effect: Effect | undefined;
  for (const press of [...reader.read(keys), ...reader.flush()]) {
    const next = pressed(state, press, context);
    state = next.state;
    effect = next.effect ?? effect;
  }
  return effect === undefined ? { state } : { state, effect };
}

describe('keys in the table', () => {
  test.each([
    ['j', 1, 0],
    ['k', 0, 0],
    ['G', 99, 81],
    ['Gk', 98, 81],
    ['\x1b[6~', 19, 19],
    ['\x1b[6~\x1b[6~\x1b[5~', 19, 19],
    ['\x1b[6~'.repeat(20), 99, 81],
    ['G\x1b[H', 0, 0],
    ['\x1b[<65;1;1M', 3, 0],
    ['j'.repeat(19), 19, 1],
  ] as const)('%j lead to row %i, with %i at the top', (keys, at, top) => {
    expect(typed(keys).state.place).toEqual({ at, top });
  });

  test('Escape and a key at once are both taken; in a line being typed neither is', () => {
    expect(typed('\x1bq')).toMatchObject({ effect: { kind: 'quit' } });
    expect(typed('\r\x1bj').state).toMatchObject({ mode: { kind: 'table' }, place: { at: 1 } });
    expect(typed('/a\x1bb').state.mode).toMatchObject({ writing: { text: 'a' } });
  });

  test('the row that is chosen is remembered, and at the top none is', () => {
    expect(typed('jj').state.chosen).toBe(rows[2]);
    expect(typed('jjkk').state.chosen).toBeNull();
  });

  test.each([
    ['t', ['tcp'], true],
    ['tu', ['tcp', 'udp'], true],
    ['tt', defaultListing.query.protocols, false],
    ['xt', ['tcp', 'unix'], true],
    ['w', ['raw'], true],
  ] as const)('%s asks for tables as the flags do', (keys, protocols, protocolsNamed) => {
    const { query } = typed(keys).state.asked;
    expect([query.protocols, query.protocolsNamed]).toEqual([protocols, protocolsNamed]);
  });

  test('with one version of IP asked for, all tables are those of IP', () => {
    const before = stateWith();
    const query = { ...before.asked.query, families: ['inet'], protocols: inetProtocols } as const;
    const { asked } = typed('tt', { ...before, asked: { ...before.asked, query } }).state;
    expect([asked.query.protocols, asked.query.protocolsNamed]).toEqual([inetProtocols, false]);
  });

  test.each([
    ['l', 'listening'],
    ['ll', 'connected'],
    ['a', 'connected'],
    ['aa', 'all'],
  ] as const)('%s asks for %s', (keys, which) => {
    expect(typed(keys).state.asked.query.which).toBe(which);
  });

  test.each([
    ['-', 500],
    ['-'.repeat(9), 100],
    ['+', 2000],
    ['+'.repeat(20), 60_000],
  ] as const)('%s makes the interval %i ms', (keys, interval) => {
    expect(typed(keys).state.interval).toBe(interval);
  });

  test.each([
    ['q', { kind: 'quit' }],
    ['\x03', { kind: 'interrupt' }],
    ['\x1a', { kind: 'suspend' }],
    ['\x0c', { kind: 'redraw' }],
    ['W', { kind: 'save' }],
    [
      'y',
      {
        kind: 'copy',
        text: "tsnetstat -tanp 'src = 192.0.2.1:443 and dst = 198.51.100.1:1000'",
      },
    ],
  ] as const)('%j has an effect', (keys, effect) => {
    expect(typed(keys).effect).toEqual(effect);
  });

  test('y copies a command line that shows a socket which is only bound', () => {
    const socket = inet('127.0.0.1:7777', '0.0.0.0:*', { state: 'BOUND' });
    const round = { takenAt: '', rows: [{ socket, mark: null }], totals: [], count: 1 };
    const before = stateWith({ round: { ...round } });
    const text = "tsnetstat -tanp --bound-inactive 'src = 127.0.0.1:7777'";
    expect(typed('y', before).effect).toEqual({ kind: 'copy', text });
  });

  test.each<[Netns | undefined, string]>([
    [{ inode: 2, name: 'web', own: false }, '--netns web '],
    [{ inode: 2, name: 'a b', own: false }, "--netns 'a b' "],
    [{ inode: 2, name: null, own: false }, '--all-netns '],
    [{ inode: 1, name: null, own: true }, ''],
    [undefined, '--all-netns '],
  ])('y copies a command line that asks for the namespace of the socket: %j', (netns, flag) => {
    const socket = { ...inet('127.0.0.1:80', '0.0.0.0:*'), ...(netns && { netns }) };
    const round = { takenAt: '', rows: [{ socket, mark: null }], totals: [], count: 1 };
    const before = stateWith({ round });
    const target = { ...before.asked.target, netns: 'all' } as const;
    const text = `tsnetstat -tlnp ${flag}'src = 127.0.0.1:80'`;
    const asked = { ...before.asked, target };
    expect(typed('y', { ...before, asked }).effect).toEqual({ kind: 'copy', text });
  });

  test('a key takes a message away, then a warning that is not of all rounds', () => {
    const warning = { text: 'owners', isLasting: false };
    const message = { text: 'copied', isError: false };
    const { state } = typed('j', stateWith({ warning, message }));
    expect([state.message, state.warning]).toEqual([null, warning]);
    expect(typed('j', state).state.warning).toBeNull();
    const lasting = { text: 'web', isLasting: true };
    expect(typed('jjj', stateWith({ warning: lasting })).state.warning).toEqual(lasting);
  });

  test.each(['/', '?', '\r', 's', 'c'])('Ctrl-C ends it behind %j too', (key) => {
    expect(typed(`${key}\x03`).effect).toEqual({ kind: 'interrupt' });
  });

  test('q is text where text is written', () => {
    const { state, effect } = typed('/q');
    expect(effect).toBeUndefined();
    expect(state.mode).toMatchObject({ kind: 'filter', writing: { text: 'q', at: 1 } });
  });
});

describe('the line of an expression', () => {
  test.each([
    ['dport = 1', 'dport = 1', 9],
    ['ab\x7fc', 'ac', 2],
    ['ab\x1b[Dc', 'acb', 2],
    ['ab\x1b[Hc\x1b[F', 'cab', 3],
    ['one two\x17', 'one ', 4],
    ['one\x15', '', 0],
    ['one\x01\x0b', '', 0],
    ['a😀\x7f', 'a', 1],
    ['\x1b[200~a\nb\x1b[201~', 'a b', 3],
  ] as const)('%j writes %j', (keys, text, at) => {
    expect(typed(`/${keys}`).state.mode).toMatchObject({ writing: { text, at } });
  });

  test('shows a mistake as it is typed, and Enter does not accept it', () => {
    const { state } = typed('/a?\r');
    expect(state.mode).toMatchObject({ kind: 'filter', mistake: { text: 'expected no ?', at: 1 } });
    expect(state.asked.query.filters.expression).toEqual([]);
  });

  test('reports text that is too long, and leaves it out', () => {
    const pasted = (length: number) => `/a\x1b[200~${'b'.repeat(length)}\x1b[201~`;
    const { state } = typed(pasted(1000));
    expect(state.mode).toMatchObject({
      writing: { text: 'a', at: 1 },
      mistake: { text: expect.stringContaining('at most 1000 characters'), at: null },
    });
    expect(typed('c', state).state.mode).toMatchObject({ writing: { text: 'ac' }, mistake: null });
    expect(typed(pasted(999)).state.mode).toMatchObject({ writing: { at: 1000 }, mistake: null });
    expect(typed('/a\x1b[200~\x1b[201~').state.mode).toMatchObject({ mistake: null });
  });

  test('Enter takes it, Esc leaves it, and an empty one chooses all', () => {
    const taken = typed('/dport = 1\r').state;
    expect(taken.asked.query.filters.expression).toEqual(['dport = 1']);
    expect(taken.mode.kind).toBe('table');
    expect(typed('/x\x1b', taken).state.asked.query.filters.expression).toEqual(['dport = 1']);
    expect(typed('/\x15\r', taken).state.asked.query.filters.expression).toEqual([]);
  });
});

describe('lines of an expression that were entered', () => {
  const [up, down] = ['\x1b[A', '\x1b[B'] as const;
  const clear = '\x15';
  const two = typed(`/dport = 1\r/${clear}dport = 2\r/${clear}\r`).state;
  const line = (keys: string, before = two) => {
    const { mode } = typed(`/${keys}`, before).state;
    return mode.kind === 'filter' ? mode.writing : null;
  };

  test.each([
    [up, 'dport = 2'],
    [up + up, 'dport = 1'],
    [up + up + up, 'dport = 1'],
    [up + up + down, 'dport = 2'],
    // The line that was begun is kept, and so is what was changed.
    [`pid${up}${down}`, 'pid'],
    [`${up}3${up}${down}`, 'dport = 23'],
    [down, ''],
  ])('%j brings back %j', (keys, text) => {
    expect(line(keys)).toEqual({ text, at: text.length });
  });

  test('are checked, and Enter takes them', () => {
    expect(typed(`/${up}?${up}${down}`, two).state.mode).toMatchObject({ mistake: { at: 9 } });
    expect(typed(`/${up}\r`, two).state.asked.query.filters.expression).toEqual(['dport = 2']);
  });

  test('are those that were taken', () => {
    expect(line(up + up, typed(`/pid = 1\x1b/a?\r\x1b`, two).state)?.text).toBe('dport = 1');
  });

  test('Del removes the present one, which can be brought back', () => {
    const del = '\x1b[3~';
    const { state } = typed(`/dport = 3\rjj${del}`, two);
    expect(state).toMatchObject({ mode: { kind: 'table' }, place: { at: 0 } });
    expect(state.asked.query.filters.expression).toEqual([]);
    expect(state.message?.text).toBe('expression removed: / and ↑ bring it back');
    expect(line(up, state)?.text).toBe('dport = 3');
    const again = typed(del, state).state;
    expect([again.asked, again.message?.text]).toEqual([state.asked, 'no expression to remove']);
  });

  test('include the one of the command line once it is replaced', () => {
    const { asked } = stateWith();
    const filters = { ...asked.query.filters, expression: ['dport', '=', '9'] };
    const before = stateWith({ asked: { ...asked, query: { ...asked.query, filters } } });
    expect(line(up, before)?.text).toBe('dport = 9');
    expect(line(up + up, typed(`/${clear}pid = 1\r`, before).state)?.text).toBe('dport = 9');
  });
});

describe('what is chosen from lists', () => {
  test('quantities are sorted with the largest first, and S turns it round', () => {
    expect(typed('sr\r').state.asked.query.sort).toEqual(['-recvq']);
    expect(typed('sr\rS').state.asked.query.sort).toEqual(['recvq']);
    expect(typed('s\x1b[H\r', typed('sr\r').state).state.asked.query.sort).toEqual([]);
  });

  test('offers only what the source provides', () => {
    const { mode } = typed('c').state;
    const keys = mode.kind === 'choose' ? mode.choices.map(({ key }) => key) : [];
    expect(keys).toContain('recvq');
    expect(keys).not.toContain('rtt');
    expect(keys).not.toContain('sentrate');
    expect(keys).not.toContain('exposure');
  });

  /** A click on a row of the screen, counted from 0. */
  const click = (row: number) => `\x1b[<0;3;${row + 1}M`;

  test.each([
    ['on the titles', layout.titles, null],
    ['on the first line', layout.body, 20],
    ['on the last line', layout.body + layout.height - 1, 20 + layout.height - 1],
    ['on the keys', layout.foot, null],
  ])('a click %s toggles what is shown there', (_, row, expected) => {
    const many = Array.from({ length: 60 }, (_, at) => ({
      ...{ key: `k${at}`, label: `k${at}`, title: `K${at}`, meaning: '', isOn: false },
    }));
    const place = { at: 30, top: 20 };
    const mode = { kind: 'choose', what: 'columns', choices: many, place } as const;
    const { state } = typed(click(row), stateWith({ mode }));
    const on =
      state.mode.kind === 'choose' ? state.mode.choices.findIndex(({ isOn }) => isOn) : null;
    expect(on).toBe(expected ?? -1);
    expect(state.mode).toMatchObject({ kind: 'choose', place: { at: expected ?? 30, top: 20 } });
  });

  test('a click below a short list does nothing', () => {
    const short = [{ key: 'recvq', label: 'recvq', title: 'Recv-Q', meaning: '', isOn: true }];
    for (const what of ['columns', 'sort'] as const) {
      const mode = { kind: 'choose', what, choices: short, place: { at: 0, top: 0 } } as const;
      const before = stateWith({ mode });
      expect(typed(click(layout.body + 1), before).state).toEqual(before);
    }
  });

  test('columns that are turned off and on again are as they were', () => {
    const off = typed('c \r').state;
    expect(off.asked.view.columns?.[0]).toBe('recvq');
    expect(typed('c \r', off).state.asked.view.columns).toBeNull();
  });
});

describe('groups', () => {
  test('come in turn, and then the sockets again', () => {
    const seen = ['g', 'gg', 'ggg', 'gggg', 'ggggg', 'gggggg'].map((k) => typed(k).state.grouping);
    expect(seen).toEqual(['program', 'workload', 'host', 'port', 'state', null]);
  });

  test.each([
    [[], 'program = nginx', 'program = nginx'],
    [['dport = 1'], 'program = nginx', '( dport = 1 ) and program = nginx'],
    [['dport = 1'], 'state LISTEN', 'state LISTEN ( dport = 1 )'],
  ] as const)('Enter adds what chooses one to %j', (expression, condition, expected) => {
    const asked = stateWith().asked;
    const filters = { ...asked.query.filters, expression };
    const group = { name: 'n', condition, count: 1, established: 0, listening: 0 };
    const { state } = typed(
      '\r',
      stateWith({
        asked: { ...asked, query: { ...asked.query, filters } },
        grouping: 'program',
        groups: [{ ...group, sent: null, received: null }],
      }),
    );
    expect(state.grouping).toBeNull();
    expect(state.asked.query.filters.expression).toEqual([expected]);
  });
});

describe('the mouse in the table', () => {
  const click = (row: number) => `\x1b[<0;3;${row + 1}M`;

  test.each([
    ['on the titles', layout.titles, 30],
    ['on the first line', layout.body, 20],
    ['on the last line', layout.body + layout.height - 1, 20 + layout.height - 1],
    ['on the keys', layout.foot, 30],
  ])('a click %s selects what is shown there', (_, row, at) => {
    const { state } = typed(click(row), stateWith({ place: { at: 30, top: 20 } }));
    expect(state.place).toEqual({ at, top: 20 });
    expect(state.chosen).toBe(at === 30 ? null : rows[at]);
  });

  test('a turn of the wheel leaves a message', () => {
    const message = { text: 'copied', isError: false };
    expect(typed('\x1b[<65;1;1M', stateWith({ message })).state.message).toEqual(message);
  });
});

describe('a click on a title', () => {
  const titles = [
    { key: 'proto', x: 2, width: 5 },
    { key: 'recvq', x: 8, width: 6 },
    { key: 'tcpoptions', x: 15, width: 4 },
  ];
  const group = { condition: null, established: 0, listening: 0, sent: null, received: null };
  const groups = [
    { ...group, name: 'b', count: 2 },
    { ...group, name: 'a', count: 1 },
  ];
  const sorted = (sort: readonly string[], changes: Partial<LiveState> = {}) => {
    const { asked } = stateWith();
    return stateWith({ ...changes, asked: { ...asked, query: { ...asked.query, sort } } });
  };
  const clicked = (columns: readonly number[], before: LiveState, shown = titles) =>
    columns.reduce((state, column) => {
      const click = { kind: 'click', column, row: layout.titles } as const;
      return pressed(state, click, { ...context, titles: shown }).state;
    }, before);

  test.each<[readonly number[], readonly string[], readonly string[]]>([
    [[8], [], ['-recvq']],
    [[13], ['pid'], ['-recvq']],
    [[8, 8], [], ['recvq']],
    [[8, 8, 8], [], ['-recvq']],
    [[2], [], ['proto']],
    // Its column has the arrow.
    [[2], ['family'], ['-family']],
    [[8], ['-recvq', 'pid'], ['recvq', 'pid']],
    // Between two, on none, and on one by which rows cannot be sorted.
    [[7], ['pid'], ['pid']],
    [[0], ['pid'], ['pid']],
    [[70], ['pid'], ['pid']],
    [[15], ['pid'], ['pid']],
  ])('in columns %j after --sort %j', (columns, before, expected) => {
    expect(clicked(columns, sorted(before)).asked.query.sort).toEqual(expected);
  });

  test.each([
    [[3], ['a', 'b']],
    [[12], ['a', 'b']],
    [
      [12, 12],
      ['b', 'a'],
    ],
  ])('in columns %j sorts groups, and leaves the order of sockets', (columns, expected) => {
    const shown = [
      { key: 'count', x: 2, width: 8 },
      { key: 'name', x: 12, width: 20 },
    ];
    const before = sorted(['pid'], { grouping: 'program', groups });
    const state = clicked(columns, before, shown);
    expect(state.groups.map(({ name }) => name)).toEqual(expected);
    expect(state.asked).toBe(before.asked);
  });

  test('is none in a list of choices', () => {
    const { state } = typed('c', sorted([]));
    expect(clicked([8], state)).toEqual(state);
  });
});

describe('what keys change besides', () => {
  test('Esc leads to the first row, and out of groups', () => {
    expect(typed('jjj\x1b').state).toMatchObject({ place: { at: 0, top: 0 }, chosen: null });
    expect(typed('g\x1b').state.grouping).toBeNull();
  });

  test('another query is shown from its first row', () => {
    expect(typed('jjjt').state).toMatchObject({ place: { at: 0, top: 0 }, chosen: null });
  });

  test('p pauses and resumes, also where one socket is shown', () => {
    expect(['p', 'pp', '\rp'].map((keys) => typed(keys).state.isPaused)).toEqual([
      ...[true, false, true],
    ]);
  });

  test('n shows names or numbers of everything', () => {
    const numeric = (keys: string) => typed(keys).state.asked.view.numeric;
    const first = stateWith().asked.view.numeric.hosts;
    const all = (one: boolean) => ({ hosts: one, ports: one, users: one });
    expect([numeric('n'), numeric('nn')]).toEqual([all(!first), all(first)]);
  });

  test('S without a sort key says so', () => {
    expect(typed('S').state.message).toEqual({
      ...{ text: 'not sorted: s selects a sort key', isError: false },
    });
  });

  test('S turns the first key alone', () => {
    const { asked } = stateWith();
    const sorted = { ...asked, query: { ...asked.query, sort: ['pid', '-recvq'] } };
    expect(typed('S', stateWith({ asked: sorted })).state.asked.query.sort).toEqual([
      ...['-pid', '-recvq'],
    ]);
  });
});

describe('texts that scroll', () => {
  const { height } = layout;
  test.each([
    ['j', 1],
    ['jjk', 1],
    ['k', 0],
    [' ', height],
    [' j\x1b[5~', 1],
    ['j\x1b[5~', 0],
    ['jj\x1b[H', 0],
    ['G', Number.MAX_SAFE_INTEGER],
    ['\x1b[<65;1;1M', 3],
    ['\x1b[<65;1;1Mk\x1b[<64;1;1M', 0],
  ] as const)('%j leads the help and the details to line %i', (keys, top) => {
    expect(typed(`?${keys}`).state.mode).toEqual({ kind: 'help', top });
    expect(typed(`j\r${keys}`).state.mode).toEqual({ kind: 'details', of: rows[1], top });
  });

  test('the help leads back to the details where it was asked for there', () => {
    const details = { kind: 'details', of: rows[1], top: 1 };
    for (const key of ['?', 'h']) {
      const help = typed(`j\rj${key}`).state;
      expect(help.mode).toEqual({ kind: 'help', top: 0, behind: details });
      expect(typed('jx', help).state.mode).toEqual(details);
    }
  });

  test('a click does not end the help; any other key does', () => {
    expect(typed('?\x1b[<0;3;3M').state.mode.kind).toBe('help');
    expect(typed('?x').state).toMatchObject({
      mode: { kind: 'table' },
      asked: { query: { protocolsNamed: false } },
    });
  });

  test.each(['\r', '\x1b', '\x1b[D'])('%j leads from the details to their row', (key) => {
    const { state } = typed(`jj\r${key}`);
    expect(state).toMatchObject({ mode: { kind: 'table' }, detail: null, place: { at: 2 } });
    expect(state.chosen).toBe(rows[2]);
  });

  test('the details of the first row stay with it', () => {
    expect(typed('\r').state.chosen).toBe(rows[0]);
  });

  test('in the details q quits, y copies their socket, and other keys do nothing', () => {
    expect(typed('\rq').effect).toEqual({ kind: 'quit' });
    expect(typed('jj\ry').effect).toMatchObject({
      text: expect.stringContaining('dst = 198.51.100.1:1002'),
    });
    const { state, effect } = typed('\rt');
    expect([state.mode.kind, state.asked.query.protocolsNamed, effect]).toEqual([
      ...['details', false, undefined],
    ]);
  });
});

describe('lists of choices', () => {
  const choices = ['recvq', 'sendq', 'state', 'rtt'].map((key) => ({
    ...{ key, label: key, title: key.toUpperCase(), meaning: '', isOn: key === 'recvq' },
  }));
  const listed = (what: 'columns' | 'sort', keys: string) =>
    typed(keys, stateWith({ mode: { kind: 'choose', what, choices, place: { at: 0, top: 0 } } }));
  const at = (keys: string) => {
    const { mode } = listed('columns', keys).state;
    return mode.kind === 'choose' ? mode.place.at : null;
  };

  test.each([
    ['s', 1],
    ['ss', 2],
    ['sss', 1],
    ['S', 1],
    // The one that is there comes last.
    ['r', 3],
    ['rr', 0],
    ['z', 0],
    ['\x1b[B\x1b[B', 2],
  ] as const)('%j leads to line %i', (keys, line) => {
    expect(at(keys)).toBe(line);
  });

  test('a key of sorting is taken by a click too', () => {
    const { state } = listed('sort', `\x1b[<0;3;${layout.body + 4}M`);
    expect([state.asked.query.sort, state.mode.kind]).toEqual([['-rtt'], 'table']);
  });

  test.each(['\x1b', '\x1b[D'])('%j leaves them, and nothing is changed', (key) => {
    const { state } = listed('columns', ` ${key}`);
    expect(state.mode.kind).toBe('table');
    expect(state.asked.view.columns).toEqual(stateWith().asked.view.columns);
  });

  test('sorting begins at the present key', () => {
    const { asked } = stateWith();
    const sorted = { ...asked, query: { ...asked.query, sort: ['-recvq'] } };
    const { mode } = typed('s', stateWith({ asked: sorted })).state;
    const chosen = mode.kind === 'choose' ? mode.choices[mode.place.at]?.key : null;
    expect(chosen).toBe('recvq');
  });
});

describe('in groups', () => {
  const group = (name: string, condition: string | null) => ({
    ...{ name, condition, count: 1, established: 0, listening: 0, sent: null, received: null },
  });
  const groups = [group('a', 'program = a'), group('b', 'program = b'), group('', null)];
  const grouped = (keys: string) => typed(keys, stateWith({ grouping: 'program', groups }));

  test('keys move among them, and leave the place among sockets', () => {
    expect(grouped('jjjj').state).toMatchObject({
      ...{ groupPlace: { at: 2, top: 0 }, place: { at: 0, top: 0 }, chosen: null },
    });
  });

  test('Enter opens the one that is chosen; one without an expression says so', () => {
    expect(grouped('j\r').state.asked.query.filters.expression).toEqual(['program = b']);
    const { state } = grouped('jj\r');
    expect([state.grouping, state.message?.text]).toEqual([
      ...['program', 'no expression selects these'],
    ]);
  });

  describe('Esc in the table of one that was opened', () => {
    const before = stateWith({ grouping: 'program', groups });
    const opened = typed('Sj\r', before).state;
    const shown = (state: LiveState) => ({
      ...{ grouping: state.grouping, groupPlace: state.groupPlace, groupSort: state.groupSort },
      names: state.groups.map(({ name }) => name),
      expression: state.asked.query.filters.expression,
    });
    const behind = {
      ...{ grouping: 'program', groupPlace: { at: 1, top: 0 }, names: ['', 'a', 'b'] },
      ...{ groupSort: { key: 'count', descending: false }, expression: [] },
    };

    test.each(['\x1b', '\x1b[D', 'jj\x1b', '\r\x1b\x1b', 'tl\x1b', 'gS\x1b\x1b', '/\r\x1b'])(
      '%j leads back to the groups as they were',
      (keys) => {
        expect(opened.asked.query.filters.expression).toEqual(['program = a']);
        expect(shown(typed(keys, opened).state)).toEqual(behind);
      },
    );

    test('leads back once, to the groups and to the sockets', () => {
      const { state } = typed('\x1b\x1b', opened);
      expect(state.grouping).toBeNull();
      expect(typed('jj\x1b', state).state).toMatchObject({ grouping: null, place: { at: 0 } });
    });

    test('leads back step by step from one within another', () => {
      const inner = { ...typed('g', opened).state, groups: [group('c', 'dst = 192.0.2.1')] };
      const within = typed('\r', inner).state;
      const expression = '( program = a ) and dst = 192.0.2.1';
      expect(within.asked.query.filters.expression).toEqual([expression]);
      const first = typed('\x1b', within).state;
      expect(shown(first)).toMatchObject({ names: ['c'], expression: ['program = a'] });
      expect(shown(typed('\x1b\x1b', first).state)).toEqual(behind);
    });

    test('leads to the first row once the filter is edited', () => {
      const { state } = typed('/\x15pid = 1\rjj\x1b', opened);
      expect(state).toMatchObject({ grouping: null, place: { at: 0 } });
      expect(state.asked.query.filters.expression).toEqual(['pid = 1']);
      // One that is opened then has a way back of its own alone.
      const other = { ...typed('g', state).state, groups: [group('d', 'program = d')] };
      expect(typed('\r', other).state.waysBack).toHaveLength(1);
    });

    // ↑ brings back the expression of the group, which is then one like any other.
    test.each(['\x1b[3~/\x1b[A\r', '/\x15pid = 1\r/\x1b[A\x1b[A\r'])(
      'leads to the first row after %j, too',
      (keys) => {
        const { state } = typed(keys, opened);
        expect(state.asked.query.filters.expression).toEqual(['program = a']);
        expect(typed('jj\x1b', state).state).toMatchObject({ grouping: null, place: { at: 0 } });
      },
    );
  });

  test('Enter does nothing where there is none', () => {
    const before = stateWith({ grouping: 'program', groups: [] });
    expect(typed('\r', before).state).toEqual(before);
  });

  test('y has no socket to copy', () => {
    const { state, effect } = grouped('y');
    expect([state.message?.text, effect]).toEqual(['no socket is selected', undefined]);
  });

  describe('in an order of their own', () => {
    const numbers = { established: 0, listening: 0, condition: null } as const;
    const groups = [
      { ...numbers, name: 'b', count: 3, sent: 1, received: null },
      { ...numbers, name: 'a', count: 2, sent: 5, received: null },
      { ...numbers, name: 'c', count: 1, sent: null, received: null },
    ];
    const { asked } = stateWith();
    const sorted = { ...asked, query: { ...asked.query, sort: ['pid'] } };
    const before = stateWith({ grouping: 'program', groups, asked: sorted });
    const names = (keys: string) => typed(keys, before).state.groups.map(({ name }) => name);

    test('s offers their columns and begins at the present one', () => {
      const { mode } = typed('s', before).state;
      expect(mode).toMatchObject({ kind: 'choose', what: 'sort', place: { at: 0, top: 0 } });
      const choices = mode.kind === 'choose' ? mode.choices : [];
      expect(choices.map(({ key }) => key)).toEqual([
        ...['count', 'established', 'listening', 'received', 'sent', 'name'],
      ]);
      expect(choices.filter(({ isOn }) => isOn).map(({ key }) => key)).toEqual(['count']);
      expect(choices.map(({ label }) => label)).toEqual([
        ...['Sockets', 'Open', 'Servers', 'Recv', 'Sent', 'Program'],
      ]);
    });

    test.each([
      ['', ['b', 'a', 'c']],
      ['S', ['c', 'a', 'b']],
      ['SS', ['b', 'a', 'c']],
      // The letter leads to Servers, then to Sent.
      ['sss\r', ['a', 'b', 'c']],
      ['sss\rS', ['b', 'a', 'c']],
      ['sp\r', ['a', 'b', 'c']],
      ['sp\rS', ['c', 'b', 'a']],
    ])('%j leads to %j', (keys, expected) => {
      expect(names(keys)).toEqual(expected);
    });

    test('it is shown from the top, kept for other groups, and leaves that of sockets', () => {
      const { state } = typed('jjS', before);
      expect(state.groupPlace).toEqual({ at: 0, top: 0 });
      expect(typed('g', state).state.groupSort).toEqual({ key: 'count', descending: false });
      expect(typed('S\x1b', before).state.asked).toEqual(sorted);
    });
  });

  test('others begin at the first one', () => {
    expect(grouped('jjg').state).toMatchObject({
      ...{ grouping: 'workload', groupPlace: { at: 0, top: 0 }, groups: [] },
    });
  });
});

test('before the first round no row is opened or copied', () => {
  const before = stateWith({ round: null });
  expect(typed('\r', before).state).toEqual(before);
  expect(typed('y', before).state.message?.text).toBe('no socket is selected');
});

describe('keys leave the rest of the listing as it was', () => {
  const { asked } = stateWith();
  const filters = { ...asked.query.filters, port: ['443'] };
  const own = {
    ...asked,
    query: { ...asked.query, filters, families: ['inet'], sort: ['pid'] } as const,
    view: { ...asked.view, columns: ['pid', 'state'] },
  };
  const group = {
    ...{ name: 'a', condition: 'state LISTEN', count: 1, established: 0, listening: 1 },
    ...{ sent: null, received: null },
  };
  const numeric = !own.view.numeric.hosts;

  test.each<[string, Partial<LiveState>, Partial<typeof own.query>, Partial<typeof own.view>]>([
    ['l', {}, { which: 'listening' }, {}],
    ['S', {}, { sort: ['-pid'] } as never, {}],
    ['s\x1b[H\r', {}, { sort: [] } as never, {}],
    ['n', {}, {}, { numeric: { hosts: numeric, ports: numeric, users: numeric } }],
    ['/pid = 1\r', {}, { filters: { ...filters, expression: ['pid = 1'] } }, {}],
    [
      '\r',
      { grouping: 'state', groups: [group] },
      { filters: { ...filters, expression: ['state LISTEN'] } },
      {},
    ],
    ['g\x1b', {}, {}, {}],
    ['?j ', {}, {}, {}],
    ['\rt', {}, {}, {}],
  ])('%j', (keys, changes, query, view) => {
    const before = stateWith({ ...changes, asked: own });
    const { state } = typed(keys, before);
    expect(state.asked).toEqual({
      ...{ ...own, query: { ...own.query, ...query }, view: { ...own.view, ...view } },
    });
    expect([state.round, state.interval, state.size]).toEqual([
      ...[before.round, before.interval, before.size],
    ]);
  });
});

describe('mistakes in the line of an expression', () => {
  test('are shown and gone as it is typed; an empty line has none', () => {
    expect(typed('/?').state.mode).toMatchObject({ mistake: { at: 0 } });
    expect(typed('/?\x7f').state.mode).toMatchObject({ mistake: null });
    const strict: KeyContext = { facts, titles: [], check: () => ({ text: 'never', at: null }) };
    const { mode } = pressed(typed('/ ').state, { kind: 'text', text: ' ' }, strict).state;
    expect(mode).toMatchObject({ kind: 'filter', mistake: null });
    const taken = pressed(typed('/ ').state, { kind: 'key', name: 'enter' }, strict).state;
    expect([taken.mode.kind, taken.asked.query.filters.expression]).toEqual(['table', []]);
  });

  test('a key too many is one', () => {
    const full = typed(`/\x1b[200~${'b'.repeat(1000)}\x1b[201~`).state;
    expect(full.mode).toMatchObject({ mistake: null });
    expect(typed('c', full).state.mode).toMatchObject({
      mistake: { text: expect.stringContaining('at most 1000 characters') },
    });
  });

  test('Esc leaves the line with its mistake', () => {
    expect(typed('/?\x1b').state.mode).toEqual({ kind: 'table' });
  });
});

test('y tells what was copied, or that no expression selects it', () => {
  expect(typed('y').state.message?.text).toBe(
    "copied: tsnetstat -tanp 'src = 192.0.2.1:443 and dst = 198.51.100.1:1000'",
  );
  const round = (socket: MarkedSocket['socket']) => ({
    round: { takenAt: '', rows: [{ socket, mark: null }], totals: [], count: 1 },
  });
  const { state, effect } = typed('y', stateWith(round(unixSocket({ inode: null, path: null }))));
  expect([state.message?.text, effect]).toEqual([
    ...['no expression identifies this socket', undefined],
  ]);
});

test('y copies the socket of the details, as it is now, though it has left the table', () => {
  const shown = typed('jj\r').state;
  const moved = { ...shown, round: { takenAt: '', rows: [], totals: [], count: 0 } };
  const text = (state: LiveState) => {
    const { effect } = typed('y', state);
    return effect?.kind === 'copy' ? effect.text : null;
  };
  expect(text(moved)).toContain('dst = 198.51.100.1:1002');
  const socket = inet('192.0.2.1:443', '198.51.100.1:7', { inode: 3 });
  const none = { isGone: false, takenAt: '', sent: [], received: [], rtt: [] };
  expect(text({ ...moved, detail: { socket, ...none } })).toContain('dst = 198.51.100.1:7');
});
