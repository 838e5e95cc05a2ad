import { type InNetns, netnsText } from '../../../model/machine/netns.ts';
import type { View } from '../../../model/request/view.ts';
import { sanitize } from '../../../text/sanitize.ts';
import { left } from './pad.ts';

const width = 12;

/** The header of the namespace column, after a blank; empty if it is not shown. */
export function netnsHeader({ withNetns }: Pick<View, 'withNetns'>): string {
  return withNetns ? ` ${left('Netns', width)}` : '';
}

/** The same for the last column. */
export function lastNetnsHeader(view: Pick<View, 'withNetns'>): string {
  return netnsHeader(view).trimEnd();
}

/** A row's network namespace, `-` where it is not known. */
export function netnsCell({ netns }: InNetns): string {
  return (netns && sanitize(netnsText(netns))) || '-';
}

/** The same, padded for a following column. */
export function paddedNetnsCell(row: InNetns): string {
  return left(netnsCell(row), width);
}
