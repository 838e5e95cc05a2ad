import { errorNaming, type NetstatError } from '../errors.ts';
import { allProtocols } from '../model/protocol.ts';
import {
  type PlatformName,
  type ReportKind,
  type ReportRows,
  schemaVersion,
  type Warning,
} from '../model/report/snapshot.ts';
import type { SavedQuestion } from '../model/request/asked.ts';
import { extraFacts } from '../model/request/asked.ts';
import type { NetnsAsked } from '../model/request/listing.ts';
import { filterNames } from '../model/request/query.ts';
import { remoteNameProblem } from '../model/request/remote-name.ts';
import { exactValues } from '../shapes/exact-numbers.ts';
import { platformShape, rowShapes, warningShape } from '../shapes/row-shapes.ts';
import {
  each,
  listOf,
  type Misfit,
  nullable,
  objectOf,
  oneOf,
  optional,
  type Shape,
  shapeOf,
  text,
  yesOrNo,
} from '../shapes/shape.ts';
import { fileText } from '../text/file-text.ts';
import { isJsonObject } from '../text/json-object.ts';
import { documentOfLines } from './document-of-lines.ts';

/** A saved answer, as `--save` and `--json` write it. */
export type Saved = {
  [K in ReportKind]: {
    readonly report: K;
    readonly platform: PlatformName;
    /** ISO 8601, UTC. */
    readonly takenAt: string;
    /** null: the file does not say what was asked (`--json`). */
    readonly asked: SavedQuestion | null;
    readonly rows: readonly ReportRows[K][];
    readonly warnings: readonly Warning[];
  };
}[ReportKind];

const reports = Object.keys(rowShapes) as ReportKind[];
const families = ['inet', 'inet6'] as const;

const filters = objectOf<SavedQuestion['filters']>({
  ...each(filterNames, optional(listOf(text))),
  exposed: optional(yesOrNo),
});

const named = objectOf<Exclude<NetnsAsked, string>>({ name: text });
const netns: Shape = (value) =>
  typeof value === 'string' ? oneOf(['own', 'all'])(value) : named(value);

const machine = shapeOf(
  'the name of a machine, as --on takes it',
  (value) => typeof value === 'string' && remoteNameProblem(value) === null,
);

const asked = objectOf<SavedQuestion>({
  host: nullable(text),
  report: oneOf(reports),
  protocols: listOf(oneOf(allProtocols)),
  families: listOf(oneOf(families)),
  which: oneOf(['connected', 'listening', 'all']),
  boundInactive: yesOrNo,
  interfaces: listOf(text),
  filters,
  netns,
  on: optional(listOf(machine)),
  extras: listOf(oneOf(extraFacts)),
});

const time = shapeOf(
  'a time such as 2026-01-31T12:00:00.000Z',
  (value) =>
    typeof value === 'string' &&
    /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/.test(value) &&
    !Number.isNaN(Date.parse(value)),
);

/** How to get an intact file. */
const again = 'save it again with --save, or with --json';

/**
 * Reads a document that `--save` or `--json` wrote. `name`: what to call it in messages.
 * @throws NetstatError `unrecognized`, which says what is wrong, where, and what to do
 */
export function parseSaved(bytes: Buffer, name: string): Saved {
  const pieces = { size: bytes.length, read: bytes.subarray.bind(bytes) };
  return savedOf(documentOfLines(pieces) ?? documentIn(fileText(bytes), name), name);
}

/**
 * Checks a document against the model. `name`: what to call it in messages.
 * @throws NetstatError `unrecognized`, as `parseSaved`
 */
export function savedOf(document: unknown, name: string): Saved {
  const refuse = refusalsOf(name);
  if (!isJsonObject(document)) {
    throw refuse(`it is JSON, but not what tsnetstat writes; ${again}`);
  }
  const field = (key: string) => (Object.hasOwn(document, key) ? document[key] : undefined);
  const version = field('schemaVersion');
  if (typeof version !== 'number') {
    throw refuse(`it is JSON, but not what tsnetstat writes; ${again}`);
  }
  if (version !== schemaVersion) {
    throw refuse(
      `it has schemaVersion ${version}, but this tsnetstat knows ${schemaVersion}; ${again}`,
    );
  }
  if (field('added') !== undefined) {
    throw refuse('it was written by --diff, not by --save');
  }
  const report = reports.find((kind) => field(kind) !== undefined);
  if (report === undefined) {
    throw refuse(`it has none of ${reports.join(', ')}; ${again}`);
  }
  const check = (key: string, shape: Shape) => {
    const value = field(key);
    const found: Misfit | null =
      value === undefined ? { place: '', expected: 'it to be there' } : shape(value);
    if (found !== null) {
      throw refuse(`${key}${found.place}: expected ${found.expected}; ${again}`);
    }
    return value;
  };
  const saved = {
    report,
    platform: check('platform', platformShape),
    takenAt: check('takenAt', time),
    asked: field('asked') === undefined ? null : check('asked', asked),
    rows: check(report, listOf(rowShapes[report])),
    warnings: check('warnings', listOf(warningShape)),
  } as Saved;
  if (saved.asked !== null && saved.asked.report !== report) {
    throw refuse(`asked.report: expected ${report}, as its rows are; ${again}`);
  }
  return saved;
}

/** Makes the errors for a document of this name. */
function refusalsOf(name: string): (what: string) => NetstatError {
  return (what) => errorNaming('unrecognized', name, what);
}

function documentIn(content: string, name: string): unknown {
  const refuse = refusalsOf(name);
  if (content.trim() === '') throw refuse(`it is empty; ${again}`);
  try {
    return exactValues(content);
  } catch {
    // The other cases are handled below.
  }
  if (!/^\s*\{/.test(content)) throw refuse(`it is not JSON; ${again}`);
  const [first = ''] = content.split('\n', 1);
  const isRow = isJson(first) && /^\{"schemaVersion":\d+,"platform":"\w+","report":/.test(first);
  if (isRow) {
    throw refuse('it is NDJSON, which has no end mark; save it with --save, or with --json');
  }
  if (/\]\}\n\{"schemaVersion":/.test(content)) {
    throw refuse('it contains several answers (-c); save one with --save');
  }
  throw refuse(`it is truncated or damaged: not complete JSON; ${again}`);
}

function isJson(content: string): boolean {
  try {
    JSON.parse(content);
    return true;
  } catch {
    return false;
  }
}
