import { type CellContext, shown } from '../../attributes/attribute.ts';
import { attributeNamed } from '../../attributes/index.ts';
import type { Fact } from '../../model/report/facts.ts';
import type { Listing } from '../../model/request/listing.ts';
import type { Need } from '../../model/request/needs.ts';
import type { Socket } from '../../model/socket/socket.ts';
import { sanitize } from '../../text/sanitize.ts';
import { textWidth } from '../../text/width.ts';
import { wrap } from '../../text/wrap.ts';
import { isProvided } from './choices.ts';
import { rateText, sparkline } from './numbers.ts';
import type { Detail } from './state.ts';
import { bold, dim, plain, type Style } from './style.ts';

/** A line of static text, with its style. */
export interface TextLine {
  readonly text: string;
  readonly style: Style;
}

/** A part of the explanation of a state; `label` is shown before it. */
export interface Explained {
  readonly label: string | null;
  readonly text: string;
}

/** A socket's attributes in the order shown. Those without a value are left out. */
const sections: readonly (readonly [title: string, keys: readonly string[]])[] = [
  [
    'Socket',
    [
      'proto',
      'src',
      'dst',
      'state',
      'assoc',
      'type',
      'path',
      'user',
      'inode',
      'netns',
      'host',
      'device',
    ],
  ],
  [
    'Who else',
    [
      ...['noowner', 'peer', 'peerpid', 'peerworkload', 'peernoowner'],
      ...['exposure', 'publishedfor', 'exposurereason'],
    ],
  ],
  [
    'Belongs to',
    ['workload', 'workloadkind', 'unit', 'container', 'pod', 'image', 'cgroup', 'noworkload'],
  ],
  [
    'Queues and memory',
    [
      ...['recvq', 'sendq', 'acceptq', 'acceptlimit', 'drops', 'rmem', 'rmemlimit', 'wmem'],
      ...['wmemlimit', 'forwardmem', 'queuedmem', 'optionmem', 'backlogmem'],
      ...['refcount', 'flags', 'mark', 'cookie', 'created'],
    ],
  ],
  ['Timer', ['timer', 'expires', 'retransmits', 'probes']],
  [
    'TCP',
    [
      ...['sentrate', 'recvrate', 'sent', 'acked', 'received', 'sentagain', 'notsent'],
      ...['rtt', 'rttvar', 'minrtt', 'rto', 'cwnd', 'ssthresh', 'mss', 'pmtu', 'unacked', 'lost'],
      ...['retransmitting', 'retrans', 'duplicates', 'delivery', 'pacing', 'busy', 'rwndlimited'],
      ...['sndbuflimited', 'lastsent', 'lastreceived', 'congestion', 'tcpoptions'],
    ],
  ],
];

/** The attributes shown of each owner. */
const ofOwner: readonly string[] = [
  ...['pid', 'fd', 'euser', 'started', 'command', 'executable', 'deleted', 'parents'],
];

/**
 * The keys of all these attributes that the source provides; those that are too costly to read for one socket only if
 * the listing asks for them.
 */
export function detailKeys({ view }: Listing, facts: readonly Fact[]): readonly string[] {
  const { peers, exposure, withNetns: netns } = view;
  const costly: Readonly<Partial<Record<Need, boolean>>> = { peers, exposure, netns };
  const keys = [...sections.flatMap(([, names]) => names), 'program', ...ofOwner];
  return keys.filter((key) => {
    const attribute = attributeNamed('sockets', key);
    return (
      attribute !== undefined &&
      isProvided(attribute, facts) &&
      (attribute.needs ?? []).every((need) => costly[need] ?? true)
    );
  });
}

const labelWidth = 18;

/** Everything known about a socket, in lines of at most `width` columns. */
export function detailLines(
  { socket, isGone, sent, received, rtt }: Detail,
  context: CellContext,
  explained: readonly Explained[],
  width: number,
): readonly TextLine[] {
  const lines: TextLine[] = [];
  const title = (text: string) => {
    if (lines.length > 0) lines.push({ text: '', style: plain });
    lines.push({ text, style: bold });
  };
  const say = (label: string, text: string, style: Style = plain) => {
    const room = Math.max(10, width - labelWidth - 2);
    for (const [at, line] of wrap(text, room, 'joints').entries()) {
      const before = at === 0 ? label : '';
      lines.push({
        text: `  ${before}${' '.repeat(Math.max(1, labelWidth - textWidth(before)))}${line}`,
        style,
      });
    }
  };
  if (isGone)
    lines.push({ text: 'This socket is closed: what follows is what was seen last.', style: bold });

  for (const [heading, keys] of sections) {
    const known = keys.flatMap((key) => {
      const values = valuesOf(key, socket, context).filter((value) => value !== '-');
      const label = attributeNamed('sockets', key)?.header ?? key;
      return values.length === 0 ? [] : [[label, values.join(', ')] as const];
    });
    if (known.length === 0) continue;
    title(heading);
    for (const [label, value] of known) say(label, value);
    if (heading === 'TCP') {
      const room = Math.max(10, Math.min(60, width - labelWidth - 2 - 14));
      const histories = [
        ['Sent', sent, rateText] as const,
        ['Received', received, rateText] as const,
        ['RTT', rtt, (value: number | null) => (value === null ? '-' : `${value} ms`)] as const,
      ];
      for (const [label, values, text] of histories) {
        if (!values.some((value) => value !== null)) continue;
        say(`${label} lately`, `${sparkline(values, room)} ${text(values.at(-1) ?? null)}`);
      }
    }
    if (heading === 'Socket') processes(socket, context, title, say);
  }

  if (explained.length > 0) {
    title(`What ${sanitize(String(socket.state))} means`);
    for (const { label, text } of explained) {
      const before = label === null ? '' : `${label}: `;
      for (const line of wrap(before + text, Math.max(20, Math.min(100, width - 2)), 'blanks')) {
        lines.push({ text: `  ${line}`, style: plain });
      }
    }
  }
  return lines;
}

function processes(
  socket: Socket,
  context: CellContext,
  title: (text: string) => void,
  say: (label: string, text: string, style?: Style) => void,
): void {
  const { owners } = socket;
  if (!owners || owners.length === 0) return;
  title(owners.length === 1 ? 'Process' : `Processes (${owners.length})`);
  const programs = valuesOf('program', socket, context);
  const others = ofOwner.map((key) => [key, valuesOf(key, socket, context)] as const);
  // Limited: a socket may have thousands of owners.
  for (const at of owners.slice(0, mostOwners).keys()) {
    say('Program', programs[at] ?? '-');
    for (const [key, values] of others) {
      const value = values[at] ?? '-';
      if (value !== '-') say(attributeNamed('sockets', key)?.header ?? key, value);
    }
  }
  if (owners.length > mostOwners) say('', `and ${owners.length - mostOwners} others`, dim);
}

const mostOwners = 20;

function valuesOf(key: string, socket: Socket, context: CellContext): readonly string[] {
  const attribute = attributeNamed('sockets', key);
  if (attribute === undefined) return [];
  return [shown(attribute, socket, context)].flat().map(sanitize);
}
