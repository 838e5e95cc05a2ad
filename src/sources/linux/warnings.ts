import type { Fact } from '../../model/report/facts.ts';
import { lackedFactsText } from '../../model/report/lacked-facts.ts';
import { netnsNames, perhaps } from '../../model/report/left-out-netns.ts';
import type { Warning } from '../../model/report/snapshot.ts';
import { counted, listed } from '../../text/counted.ts';
import { quotedLine } from '../../text/quoted-line.ts';
import type { Proc } from './proc/proc.ts';
import { unixFile } from './proc-files.ts';

/** A table that does not exist: the kernel was built without it, or its module is not loaded. */
export function absentTable(source: string): Warning {
  return { code: 'absent', message: `${source}: this kernel has no such table`, source };
}

/** A folder of tables without any table of sockets: a masked one, or a copy that failed. */
export function noTables(root: string): Warning & { readonly source: string } {
  const source = `${root}/net`;
  const message = `${source}: there is no table of sockets, so none can be seen (the folder may be masked here, or a copy that failed)`;
  return { code: 'unreadable', message, source };
}

/** A table without even its header, as on WSL 1. */
export function emptyTable(source: string): Warning {
  return {
    code: 'empty',
    message: `${source}: empty, without even a header line: this system does not fill it`,
    source,
  };
}

/** Rows of the UNIX table that contradict each other: an inode belongs to one socket, which has one name. */
export function clashingNames(source: string, count: number): Warning {
  const rows = counted(count, 'row has', 'rows have');
  return {
    code: 'malformed',
    message: `${source}: ${rows} the inode of another row but a different name: a name with a line break may have forged one of them`,
    source,
  };
}

/**
 * A table whose last line can be read but has no line break. The kernel ends every line, so a capture was cut
 * there, perhaps within a number or a name.
 */
export function cutShort(source: string): Warning {
  return {
    code: 'cut',
    message: `${source}: ends without a line break: its last line may be truncated`,
    source,
  };
}

/**
 * Lines of a table that could not be parsed; `first` is the number of the first one, counted from 1, and `text` its
 * beginning.
 */
export function malformedLines(
  source: string,
  count: number,
  first: number,
  text: string,
): Warning {
  const skipped =
    count === 1
      ? `line ${first} skipped: it could not be read`
      : `${count} lines skipped that could not be read, the first at line ${first}`;
  return {
    code: 'malformed',
    message: `${source}: ${skipped}: ${quotedLine(text)}`,
    source,
  };
}

/** The kernel says that its answer may be incomplete: sockets came and went while it was made. */
export function interruptedDump(source: string): Warning {
  return {
    code: 'uncertain',
    message: `${source}: the kernel was interrupted, so sockets may be missing or listed twice`,
    source,
  };
}

/** What may be missing if the kernel says so. */
const lackingErrnos: ReadonlySet<string> = new Set([
  'ENOENT',
  'EACCES',
  'EPERM',
  'EPROTONOSUPPORT',
]);

/**
 * Why the kernel does not answer a request of netlink. `errno`: what it said; empty: it could not be asked, and `reasons`
 * are what may be missing.
 */
function noAnswer(what: string, errno: string, reasons: string): string {
  const said = lackingErrnos.has(errno)
    ? `its module or the permission for it is missing: ${errno}`
    : errno;
  return `the kernel does not answer ${what} here (${said || reasons})`;
}

/** Why netlink does not report the peers of UNIX sockets on this machine. `errno`: as in `noAnswer`. */
export const noUnixDiag = (errno: string) =>
  noAnswer(
    'unix_diag',
    errno,
    "its module, koffi's native part or the permission for it is missing, or --source proc was given",
  );
/** Why there are none with `--proc-root`. */
export const notOfCaptures = 'only a live Linux provides them, not --proc-root';

/** Only netlink reports which UNIX sockets are connected, and it did not answer or must not be used. */
export function noUnixPeers(root: string, why: string): Warning {
  return {
    code: 'incomplete',
    message: `the peers of UNIX sockets could not be determined: ${why}`,
    source: `${root}/${unixFile}`,
  };
}

/** Text for facts that only the kernel's own answers contain. */
const factTexts: Readonly<Partial<Record<Fact, string>>> = {
  tcpInfo: "TCP's internals",
  queues: 'queues',
  boundSockets: 'sockets that are only bound',
};

/** Protocols whose files show no drops of a socket, by the names of their tables. */
const withoutDrops = [
  ['TCP', /^tcp6?$/],
  ['SCTP', /^sctp/],
  ['UNIX', /^unix$/],
] as const;

/** What the files of these tables lack of `SocketInfo`: they show drops of UDP and raw sockets, but of no others. */
function socketInfoText(tables: readonly string[]): string {
  const lacking = withoutDrops.filter(([, table]) => tables.some((name) => table.test(name)));
  const names = lacking.map(([name]) => name);
  const accepting = names.filter((name) => name !== 'SCTP');
  const facts = [
    ...['memory', 'marks', 'cookies', 'interfaces'],
    ...(names.length > 0 ? [`drops of ${listed(names, 'and')} sockets`] : []),
    ...(accepting.length > 0 ? ['limits of accept queues'] : []),
  ];
  return listed(facts, 'and');
}

/** The reason if an option says that only files are read. */
export const onlyFiles = (option: '--source proc' | '--proc-root') =>
  `only netlink provides them, and only files are read (${option})`;

/** The parts of a Proc that say why it does not provide more. */
export type LackingProc = Pick<Proc, 'root' | 'isOwn' | 'whyUnavailable' | 'sockDiag'>;

/**
 * Facts that only netlink provides, which did not answer (`errno`: as in `noAnswer`) or cannot be used there.
 * `mayLackRows`: rows are selected by them, too.
 */
export function unavailableFacts(
  { root, isOwn, whyUnavailable, sockDiag }: LackingProc,
  lacking: ReadonlyMap<string, readonly Fact[]>,
  mayLackRows: boolean,
  errno = '',
): Warning {
  const facts = [...new Set([...lacking.values()].flat())];
  const tables = [...lacking.keys()].map((source) => source.replace(/.*\//, ''));
  const textOf = (fact: Fact) => (fact === 'socketInfo' ? socketInfoText(tables) : factTexts[fact]);
  const ofOthers = 'only a live Linux provides them, and only for its own network';
  const ofOwn =
    sockDiag === undefined
      ? onlyFiles('--source proc')
      : noAnswer(
          'sock_diag',
          errno,
          "its module, koffi's native part or the permission for it is missing",
        );
  const why = whyUnavailable ?? (isOwn ? ofOwn : ofOthers);
  return {
    code: mayLackRows ? 'unreadable' : 'incomplete',
    message: lackedFactsText({
      tables: tables.join(', '),
      facts: facts.flatMap((fact) => textOf(fact) ?? []),
      why,
    }),
    source: `${root}/net`,
    subjects: [...lacking.keys()],
  };
}

/** Tables that can only be read from files, which lack the facts that rows are selected by. */
export function unavailableInFiles({ root }: LackingProc, sources: ReadonlySet<string>): Warning {
  const tables = [...sources].map((source) => source.replace(/.*\/net\//, ''));
  return {
    code: 'unreadable',
    message: `${tables.join(', ')}: ${socketInfoText(tables)}: not available: these sockets are read only from files`,
    source: `${root}/net`,
    subjects: [...sources],
  };
}

/** The kernel answers, but without the facts that rows are selected by. */
export function unavailableMarks(sources: ReadonlySet<string>): Warning {
  const where = [...sources].join(', ');
  return {
    code: 'unreadable',
    message: `${where}: marks of sockets: not available: they need CAP_NET_ADMIN`,
    source: where,
  };
}

/** The most namespaces that a warning names. */
const mostNames = 5;

/**
 * Network namespaces that were found but are not in the answer, by reason. `mayBeShown`: the numbers of some in the
 * answer are not known to this user, so they may be the same.
 */
export function missingNamespaces(
  reasons: ReadonlyMap<string, readonly string[]>,
  mayBeShown: boolean,
): Warning {
  const count = [...reasons.values()].reduce((sum, names) => sum + names.length, 0);
  const texts = [...reasons].map(([reason, names]) => {
    const shown = names.slice(0, mostNames).join(', ');
    const rest = names.length - mostNames;
    return `${shown}${rest > 0 ? ` and ${rest} more` : ''}: ${reason}`;
  });
  const what = counted(count, 'network namespace is', 'network namespaces are');
  const unless = mayBeShown ? ' (unless listed without a name)' : '';
  return {
    code: 'unreadable',
    message: `${what} left out${unless}: ${texts.join('; ')}`,
    source: netnsNames,
    // One that may be shown is another lack than one that is not.
    subjects: [...reasons.values()].flat().map((name) => `${name}${mayBeShown ? perhaps : ''}`),
  };
}

/** Hidden processes may be in network namespaces of their own. */
export function hiddenNamespaces(root: string): Warning {
  return {
    code: 'unreadable',
    message: `${root}: processes are hidden from this user (hidepid), and so are network namespaces that only they use`,
    source: root,
  };
}

/** Programs that forward ports to containers, but do not show which ones. */
export function hiddenForwarders(names: readonly string[]): Warning {
  const processes = counted(names.length, 'process', 'processes');
  const programs = [...new Set(names)].join(', ');
  return {
    code: 'incomplete',
    message: `${processes} that may forward ports to containers (${programs}) could not be inspected: servers of theirs may count as those of the host`,
    source: 'forwarders',
  };
}

/** Servers in other network namespaces to which a port of the host may lead, by why that is not known. */
export function unknownExposure(reasons: ReadonlyMap<string, number>): Warning {
  const count = [...reasons.values()].reduce((sum, one) => sum + one, 0);
  const servers = counted(count, 'server');
  const texts = [...reasons].map(([reason, one]) =>
    reasons.size === 1 ? reason : `${reason} (${one})`,
  );
  return {
    code: 'incomplete',
    message: `it is unknown whether a port of the host leads to ${servers} in other network namespaces: ${texts.join('; ')}`,
    source: 'exposure',
  };
}
