import { lazilyFor } from '../../../flow/lazily.ts';
import type { InHost } from '../../../model/machine/place.ts';
import type { View } from '../../../model/request/view.ts';
import { sanitize } from '../../../text/sanitize.ts';
import { left } from './pad.ts';

/** The first column of each row: the machine that it is from. */
export interface HostColumn {
  /** A line of column names, or of dashes under them. */
  names(text: string): string;
  /** A row's lines, ending with a line break. */
  row(row: InHost, text: string): string;
}

const title = 'Host';

/** As wide as the longest name; null: no other machines are asked, so there is no such column. */
export function hostColumn({ machineNames }: Pick<View, 'machineNames'>): HostColumn | null {
  if (machineNames === null) return null;
  const width = Math.max(title.length, ...machineNames.map((name) => sanitize(name).length));
  const cell = lazilyFor((name: string) => `${left(sanitize(name), width)} `);
  return {
    names: (text) =>
      text.replace(/^(?=.)(-*)/gm, (_, dashes: string) =>
        dashes === '' ? `${left(title, width)} ` : `${'-'.repeat(width)} ${dashes}`,
      ),
    row({ host = '-' }, text) {
      const start = cell(host);
      if (text.indexOf('\n') === text.length - 1) return start + text;
      return text.replace(/^(?=.)/gm, start);
    },
  };
}

/** Puts the column before each row, if there is one. */
export function withHost<R extends InHost>(
  column: HostColumn | null,
  row: (row: R) => string,
): (row: R) => string {
  return column === null ? row : (one) => column.row(one, row(one));
}
