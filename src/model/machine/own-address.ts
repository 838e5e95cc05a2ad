import type { InNetns } from './netns.ts';

/** An address that belongs to this machine, in one of its network namespaces. */
export interface OwnAddress extends InNetns {
  readonly address: string;
}
