import { type InNetns, netnsText } from '../../../model/netns.ts';
import type { View } from '../../../model/view.ts';
import { sanitize } from '../../../text/sanitize.ts';
import { left } from './pad.ts';

const width = 12;

/** What stands above the network namespaces, with the blank before it; nothing where none are shown. */
export function netnsHeader({ withNetns }: Pick<View, 'withNetns'>): string {
  return withNetns ? ` ${left('Netns', width)}` : '';
}

/** The same where nothing stands behind it. */
export function lastNetnsHeader(view: Pick<View, 'withNetns'>): string {
  return netnsHeader(view).trimEnd();
}

/** A row's network namespace, `-` where it is not told. */
export function netnsCell({ netns }: InNetns): string {
  return (netns && sanitize(netnsText(netns))) || '-';
}

/** The same where something stands behind it. */
export function paddedNetnsCell(row: InNetns): string {
  return left(netnsCell(row), width);
}
