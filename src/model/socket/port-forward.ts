import { bracketed } from '../address/text.ts';
import { inNetnsText, type Netns } from '../machine/netns.ts';
import type { PublishedPort } from './exposure.ts';

/** Where connections to a port of this network are forwarded, by a rule of the firewall or a docker-proxy. */
export interface PortForward extends Omit<PublishedPort, 'workload'> {
  /** The other network namespace that has the address; null: none that can be seen, or several. */
  readonly netns: Netns | null;
}

/** `8081 → 172.20.0.2:80`, with the network namespace that it leads into if that is known. */
export function forwardText(forward: PortForward): string {
  const { hostAddress, hostPort } = forward;
  const from = hostAddress === null ? '' : `${bracketed(hostAddress)}:`;
  return `${from}${hostPort} → ${forwardedTo(forward)}`;
}

/** Where a forwarding leads: `172.20.0.2:80 in web`. */
export function forwardedTo({ address, port, netns }: PortForward): string {
  return `${bracketed(address)}:${port}${inNetnsText(netns)}`;
}
