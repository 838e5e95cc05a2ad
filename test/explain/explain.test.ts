import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NetstatError } from '../../src/errors.ts';
import { columnHeaders, columnsCalled, columnWords } from '../../src/explain/columns.ts';
import { explain, sections, stateTextOf } from '../../src/explain/explain.ts';
import { allProtocols } from '../../src/model/protocol.ts';
import type { Socket } from '../../src/model/socket/socket.ts';
import { stateGroups } from '../../src/select/states.ts';
import { statesOf } from '../support/states-of.ts';

const states = [...new Set(Object.values(sections).flatMap((texts) => Object.keys(texts)))];
const headings = (text: string) => text.split('\n').filter((line) => /^\S/.test(line));

function complaint(name: string): NetstatError {
  try {
    explain([name]);
  } catch (error) {
    if (error instanceof NetstatError) {
      return error;
    }
    throw error;
  }
  throw new Error(`${name} was explained`);
}

describe('explain', () => {
  it('gives an overview', async () => {
    await expect(explain([])).toMatchFileSnapshot('golden/overview.txt');
  });

  it('takes each header as one word that needs no quotes', () => {
    const words = columnWords();
    expect(words).toEqual(expect.arrayContaining(['Local-Address', 'PID/Program-name', 'Age-ms']));
    for (const [at, header] of columnHeaders().entries()) {
      expect(words[at]).toMatch(/^[A-Z][\w/-]*\w$/);
      expect(columnsCalled(words[at] ?? '')).toEqual(columnsCalled(header));
      expect(columnsCalled(header)).not.toEqual([]);
    }
  });

  it.each(['Local Address', 'PID/Program name'])(
    'takes the header %s in several words, as the shell gives it',
    (header) => {
      expect(explain(header.split(' '))).toBe(explain([header]));
    },
  );

  it('keeps each summary on one line of the overview', () => {
    const summaries = Object.values(sections).flatMap((texts) => Object.values(texts));
    expect(summaries.filter(({ summary }) => summary.length > 56)).toEqual([]);
  });

  it('explains every state', async () => {
    await expect(states.map((state) => explain([state])).join('\n')).toMatchFileSnapshot(
      'golden/every-state.txt',
    );
  });

  it.each([...statesOf('tcp'), ...statesOf('sctp'), 'UNCONN', 'BOUND', 'DELETE_TCB', 'UNKNOWN'])(
    'has a text for %s, and names it in the overview',
    (state) => {
      expect(headings(explain([state])).join()).toContain(`${state} (`);
      expect(explain([])).toMatch(new RegExp(`^  ${state} +\\S`, 'm'));
    },
  );

  it.each([null, ...states])('%s fits 78 columns of plain ASCII', (state) => {
    const text = explain(state === null ? [] : [state]);
    expect(text).toMatch(/^[\x20-\x7e\n]+$/);
    expect(text.split('\n').filter((line) => line.length > 78 || / $/.test(line))).toEqual([]);
    expect(text.endsWith('.\n')).toBe(true);
  });

  it.each(statesOf('tcp'))(
    '%s: explains for TCP what it means, how in, how out, and what many of them mean',
    (state) => {
      expect(explain([state])).toMatch(
        /^ {2}Gets in {3}\S[\s\S]*^ {2}Gets out {2}\S[\s\S]*^ {2}Many {6}\S/m,
      );
    },
  );

  it.each([
    ['lower case', 'time_wait', ['TIME_WAIT (TCP)']],
    ['dashes', 'fin-wait-1', ['FIN_WAIT1 (TCP)']],
    ['macOS', 'FIN_WAIT_2', ['FIN_WAIT2 (TCP)']],
    ['blanks', 'Close Wait', ['CLOSE_WAIT (TCP)']],
    ['nothing between', 'lastack', ['LAST_ACK (TCP)']],
    ['SYN_RCVD', 'SYN_RCVD', ['SYN_RECV (TCP)']],
    ['RFC 9293', 'SYN-RECEIVED', ['SYN_RECV (TCP)']],
    ['ss', 'syn-recv', ['SYN_RECV (TCP)']],
    ['Windows', 'delete-tcb', ['DELETE_TCB (TCP)']],
    ['closed', 'closed', ['CLOSE (TCP)', 'CLOSED (SCTP associations)']],
    ['listening', 'listening', ['LISTEN (TCP)', 'LISTENING (UNIX)']],
    ['unconnected', 'unconnected', ['UNCONN (UDP, UDP-Lite, raw)', 'UNCONNECTED (UNIX)']],
    ['ss’s second SYN_RECV', 'new-syn-recv', ['SYN_RECV (TCP)']],
    ['ss’s BOUND', 'bound_inactive', ['BOUND (TCP)']],
    [
      'UNIX’s connected, and ss’s',
      'Connected',
      ['CONNECTED (UNIX)', 'connected (several states, for --state)'],
    ],
    ['a group', 'Synchronized', ['synchronized (several states, for --state)']],
    ['a raw socket’s number', '7', ['UNCONN (UDP, UDP-Lite, raw)']],
    ['an unknown code', 'UNKNOWN(14)', ['UNKNOWN (any table)']],
    [
      'every protocol that has it',
      'estab',
      ['ESTABLISHED (TCP)', 'ESTABLISHED (UDP, UDP-Lite, raw)', 'ESTABLISHED (SCTP associations)'],
    ],
  ])('takes %s', (_, name, expected) => {
    expect(headings(explain([name]))).toEqual(expected);
  });

  it.each(stateGroups)('says which states the group %s stands for', async (group) => {
    const text = explain([group]);
    await expect(text).toMatchFileSnapshot(`golden/group-${group}.txt`);
    expect(text.split('\n').filter((line) => line.length > 78)).toEqual([]);
  });

  it('explains each protocol, called as in the column Proto', async () => {
    await expect(allProtocols.map((one) => explain([one])).join('\n')).toMatchFileSnapshot(
      'golden/protocols.txt',
    );
    for (const shown of ['tcp', 'tcp6', 'tcp46', 'udp6', 'udpl', 'udpl6', 'raw6', 'sctp', 'UNIX']) {
      expect(headings(explain([shown]))).toEqual([expect.stringContaining('(protocol)')]);
    }
  });

  it.each([
    ['Recv-Q', ['Recv-Q (sockets, --columns recvq)']],
    ['I-Node', ['Inode (sockets, --columns inode)']],
    ['foreign address', ['Foreign Address (sockets, --columns dst)']],
    ['PID/Program name', ['PID (sockets, --columns pid)', 'Program (sockets, --columns program)']],
    ['rport', ['F-Port (sockets, --columns rport)']],
    ['Met', ['Metric (routes, --columns metric)']],
    ['RX-OK', ['RX-OK (interfaces, --columns rxpackets)']],
    ['Flg', ['Flags (interfaces, --columns flags)']],
  ])('explains the column %s', (name, expected) => {
    expect(headings(explain([name]))).toEqual(expected);
  });

  it('says what the letters of a column of flags stand for', () => {
    expect(explain(['Flg'])).toContain('B=BROADCAST');
    expect(explain(['Flags'])).toContain("'G': through a gateway");
    expect(explain(['Flags'])).toContain("'ACC', a server");
  });

  it('explains whatever heads a column of netstat, in at most 78 columns', () => {
    const headers = [
      ...[
        'Proto',
        'Recv-Q',
        'Send-Q',
        'Local Address',
        'Foreign Address',
        'State',
        'User',
        'Inode',
      ],
      ...['PID/Program name', 'Timer', 'RefCnt', 'Flags', 'Type', 'I-Node', 'Path'],
      ...['Destination', 'Gateway', 'Genmask', 'MSS', 'Window', 'irtt', 'Iface', 'Metric', 'Ref'],
      ...['Use', 'Next Hop', 'Flag', 'Met', 'If', 'MTU', 'RX-OK', 'RX-ERR', 'RX-DRP', 'RX-OVR'],
      ...['TX-OK', 'TX-ERR', 'TX-DRP', 'TX-OVR', 'Flg', 'Interface', 'Group'],
    ];
    for (const header of headers) {
      const lines = explain([header]).split('\n');
      expect(lines.filter((line) => line.length > 78)).toEqual([]);
    }
  });

  it('takes several, each state once, in the order of the names', () => {
    expect(headings(explain(['time-wait', 'listen', 'TIME_WAIT']))).toEqual([
      'TIME_WAIT (TCP)',
      'LISTEN (TCP)',
    ]);
  });

  it.each([
    ['a slip', 'closewiat', 'did you mean CLOSE_WAIT?'],
    ['a part', 'fin', 'did you mean FIN_WAIT1 or FIN_WAIT2?'],
    ['an abbreviation', 'estb', 'did you mean ESTABLISHED?'],
    ['a part of several', 'wait', 'did you mean FIN_WAIT1, FIN_WAIT2, CLOSE_WAIT or TIME_WAIT?'],
    ['a group', 'synchronised', 'did you mean synchronized?'],
    ['a protocol', 'udplit', 'did you mean udplite?'],
    ['a column', 'recv-qq', 'did you mean Recv-Q?'],
    ['something else', 'nonsense', '--explain alone lists them all'],
    ['a counter', 'ListenOverflows', 'if it is a counter, -s lists it with its meaning'],
    ['nothing', '', '--explain alone lists them all'],
    ['a property of objects', 'constructor', '--explain alone lists them all'],
  ])('answers %s with what was meant', (_, name, remedy) => {
    const error = complaint(name);
    expect(error.code).toBe('usage');
    expect(error.message).toBe(
      `no state, protocol, column or check is called ${JSON.stringify(name)}: ${remedy}`,
    );
  });

  describe('of what the caller has', () => {
    const text = {
      heading: 'close-wait (check)',
      text: 'Type `-a` or `x y`.',
      parts: [['Thresholds', '`count` (20): many.']],
    } as const;
    const others = {
      names: ['close-wait', 'syn-flood'],
      called: (word: string) => (/^(close.wait|syn.flood)$/i.test(word) ? text : null),
    };

    it('takes any spelling, and begins the parts beside the longest label', () => {
      expect(explain(['SYN_FLOOD'], others)).toBe(
        "close-wait (check)\n  Type -a or 'x y'.\n\n  Thresholds  'count' (20): many.\n",
      );
    });

    it('adds it to a state only where the name is spelled exactly so', () => {
      const state = 'CLOSE_WAIT (TCP)';
      expect(headings(explain(['close-wait'], others))).toEqual([state, 'close-wait (check)']);
      expect(headings(explain(['close_wait'], others))).toEqual([state]);
    });

    it('proposes its names last', () => {
      expect(() => explain(['syn-flod'], others)).toThrow(/did you mean syn-flood\?$/);
      expect(() => explain(['syn-rcv'], others)).toThrow(/did you mean SYN_/);
    });
  });

  it('takes a timer for its column', () => {
    expect(explain(['keepalive'])).toBe(explain(['timer']));
    expect(headings(explain(['timewait']))).toEqual(headings(explain(['TIME_WAIT'])));
  });

  it('complains in one line, whatever is asked that is no state', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 100 }), (name) => {
        if (!headingsOf(name)) {
          expect(complaint(name).message).not.toContain('\n');
        }
      }),
    );
  });
});

/** What is explained for `name`; null where nothing is. */
function headingsOf(name: string): string[] | null {
  try {
    return headings(explain([name]));
  } catch {
    return null;
  }
}

describe('the text about a socket', () => {
  it.each<[Socket['protocol'], Socket['state'], whose: string, state: string]>([
    ['tcp', 'ESTABLISHED', 'TCP', 'ESTABLISHED'],
    // Associations have states of their own; their sockets have those of TCP.
    ['sctp', 'ESTABLISHED', 'TCP', 'ESTABLISHED'],
    ['udp', 'ESTABLISHED', 'UDP, UDP-Lite, raw', 'ESTABLISHED'],
    ['raw', 'UNCONN', 'UDP, UDP-Lite, raw', 'UNCONN'],
    ['unix', 'CONNECTED', 'UNIX', 'CONNECTED'],
    ['tcp', 'UNKNOWN(14)', 'any table', 'UNKNOWN'],
    ['unix', 'UNKNOWN(9)', 'any table', 'UNKNOWN'],
  ])('%s in %s is that of %s: %s', (protocol, state, whose, name) => {
    const text = sections[whose]?.[name];
    expect(text).toBeDefined();
    expect(stateTextOf({ protocol, state })).toBe(text);
  });

  it.each<[Socket['protocol'], Socket['state']]>([
    ['tcp', null],
    ['udp', 'LISTEN'],
  ])('%s in %s is missing', (protocol, state) => {
    expect(stateTextOf({ protocol, state })).toBeNull();
  });
});
