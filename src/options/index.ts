import type { DiagnoseRequest } from '../model/report/diagnosis.ts';
import type { ReportKind } from '../model/report/snapshot.ts';
import type { Comparison, SaveTo } from '../model/request/asked.ts';
import type { Listing } from '../model/request/listing.ts';
import type { MetricsRequest } from '../model/request/metrics.ts';
import type { ServeRequest } from '../model/request/serving.ts';
import type { ColorMode } from '../model/request/view.ts';
import type { Shell } from './completion/shells.ts';
import { defaultListing } from './default-listing.ts';
import { diagnoseListing, diagnoseRequest, refuseWithoutDiagnose } from './diagnose-from.ts';
import { explainedWords } from './explain-from.ts';
import { flagTable } from './flag-table.ts';
import { choiceOf, type GivenFlags } from './given-flags.ts';
import type { HelpTopic } from './help-topic.ts';
import { type FollowedListing, followFrom, listingFrom } from './listing-from.ts';
import { metricFormatOf, metricsFrom, refuseWithoutMetrics } from './metrics-from.ts';
import { withOwn } from './own-flags.ts';
import { refuseBesideFollow, refuseBesideLive, refuseWithoutEffect } from './refusals.ts';
import { reportFrom } from './report-from.ts';
import { comparisonFrom, refuseWithoutFile, savingFrom } from './saving.ts';
import { refuseWithoutServe, servingFrom } from './serve-from.ts';
import { usageError } from './usage.ts';

/** What a command line asks the program to do. */
export type Task =
  | { readonly kind: 'list' | 'live'; readonly listing: Listing }
  | { readonly kind: 'follow'; readonly listing: FollowedListing }
  | { readonly kind: 'save'; readonly listing: Listing; readonly save: SaveTo }
  | { readonly kind: 'compare'; readonly listing: Listing; readonly comparison: Comparison }
  | { readonly kind: 'diagnose'; readonly listing: Listing; readonly request: DiagnoseRequest }
  | { readonly kind: 'serve'; readonly listing: Listing; readonly request: ServeRequest }
  | { readonly kind: 'metrics'; readonly listing: Listing; readonly request: MetricsRequest }
  | {
      readonly kind: 'help';
      /** Every option; otherwise one screen. */
      readonly whole: boolean;
      /** Only this, and for which report. */
      readonly topic: { readonly name: HelpTopic; readonly report: ReportKind } | null;
      readonly paged: boolean;
      readonly color: ColorMode;
    }
  | { readonly kind: 'version' }
  | { readonly kind: 'explain'; readonly words: readonly string[] }
  | { readonly kind: 'completion'; readonly shell: Shell };

/**
 * What a command line asks for. `own`: the user's own default options, if any.
 * @throws NetstatError `usage`
 */
export function taskOf(given: GivenFlags, own: GivenFlags | null = null): Task {
  const flags = own === null ? given : withOwn(given, own);
  const paged = flags.has('pager');
  const whole = flags.has('help') || paged;
  if (whole || flags.has('h')) {
    const color = choiceOf(flags, 'color') ?? defaultListing.view.color;
    const name = choiceOf(flags, 'help');
    const topic = name === null ? null : { name, report: reportFrom(flags) };
    return { kind: 'help', whole, topic, paged, color };
  }
  if (flags.has('version')) return { kind: 'version' };
  if (flags.has('explain')) return { kind: 'explain', words: explainedWords(given) };
  const shell = choiceOf(flags, 'completion');
  if (shell !== null) return { kind: 'completion', shell };
  for (const flag of flagTable) {
    if (!('refusal' in flag) || !flags.has(flag.long)) continue;
    throw usageError(`${'short' in flag ? `-${flag.short}` : `--${flag.long}`}: ${flag.refusal}`);
  }
  if (flags.has('serve')) return { kind: 'serve', ...servingFrom(flags) };
  refuseWithoutServe(flags);
  const metrics = metricFormatOf(flags);
  if (metrics !== null) return { kind: 'metrics', ...metricsFrom(flags, metrics) };
  refuseWithoutMetrics(flags);
  if (flags.has('diagnose')) {
    return { kind: 'diagnose', listing: diagnoseListing(flags), request: diagnoseRequest(flags) };
  }
  refuseWithoutDiagnose(flags);
  if (flags.has('live')) refuseBesideLive(flags);
  if (flags.has('follow')) refuseBesideFollow(flags);
  if (flags.has('diff')) return { kind: 'compare', ...comparisonFrom(flags) };
  if (flags.has('save')) return { kind: 'save', ...savingFrom(flags) };
  refuseWithoutFile(flags);
  if (flags.has('live')) return { kind: 'live', listing: listingFrom(flags) };
  const task: Task = flags.has('follow')
    ? { kind: 'follow', listing: followFrom(flags) }
    : { kind: 'list', listing: listingFrom(flags) };
  // Own default options are for every listing, so they may have no effect on this one.
  refuseWithoutEffect(given, task.listing);
  return task;
}
