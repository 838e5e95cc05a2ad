import { errorNaming } from '../../../errors.ts';
import type { Proc } from './proc.ts';

/** @throws NetstatError `unreadable` if there is no /proc/net at all: an empty answer would be wrong */
export function requireNet(proc: Proc): void {
  if (proc.hasNet()) return;
  const path = `${proc.root}/net`;
  throw errorNaming(
    'unreadable',
    path,
    `no such folder; is ${proc.root} a mounted /proc? (--proc-root names another)`,
  );
}
