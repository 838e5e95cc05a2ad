import type { ReportKind, ReportRows } from '../../../../src/model/report/snapshot.ts';
import { netstat } from '../../../../src/views/text/netstat/index.ts';
import { render, type Scenario } from '../support/render.ts';

/** The netstat format's text for these rows. */
export function shown<K extends ReportKind>(
  kind: K,
  rows: readonly ReportRows[K][],
  scenario: Scenario = {},
): Promise<string> {
  return render(netstat, kind, rows, scenario);
}

/** Marks what is painted, so that a test sees it. */
export const marks = {
  state: (_name: string, text: string) => `<s>${text}</s>`,
  tone: (_tone: string, text: string) => `<t>${text}</t>`,
  heading: (text: string) => `<h>${text}</h>`,
  option: (text: string) => text,
  difference: (kind: string, text: string) => `<${kind}>${text}</${kind}>`,
  quiet: (text: string) => `<q>${text}</q>`,
  strong: (text: string) => `<b>${text}</b>`,
};
