import type { Socket } from '../../../model/socket/socket.ts';
import { workloadLabel } from '../../../model/socket/workload.ts';
import { sanitize } from '../../../text/sanitize.ts';
import type { Paint } from '../paint.ts';
import { left } from './pad.ts';

const width = 20;

/** The heading of the column. */
export const workloadHeader = ` ${left('Workload', width)}`;

/** A socket's workload, never cut; else why it is not known, or `-` for none. Always one word, for awk. */
export function workloadCell(
  paint: Paint | null,
): (fields: Pick<Socket, 'workload' | 'noWorkload'>) => string {
  return ({ workload, noWorkload }) => {
    if (workload) {
      const text = left(sanitize(workloadLabel(workload)).replaceAll(' ', '\\x20'), width);
      return paint === null ? text : paint.strong(text);
    }
    const hasNone = noWorkload === null || noWorkload === undefined || noWorkload === 'none';
    const text = left(hasNone ? '-' : `(${noWorkload})`, width);
    return paint === null ? text : paint.quiet(text);
  };
}
