import type { MachinesAsked, NetnsAsked, Target } from '../model/request/listing.ts';
import { defaultListing, usualMachines } from './default-listing.ts';
import { choiceOf, type GivenFlags } from './given-flags.ts';
import { refuse, refuseAlone, refusedBy } from './refusals.ts';
import { seconds } from './schedule-from.ts';
import { shownValue, usageError } from './usage.ts';

/**
 * The place that is read.
 * @throws NetstatError `usage`
 */
export function targetFrom(flags: GivenFlags): Target {
  const procRoot = procRootOf(flags);
  const socketSource = choiceOf(flags, 'source') ?? defaultListing.target.socketSource;
  if (procRoot !== null && socketSource === 'netlink') {
    throw usageError(
      '--source netlink cannot be used with --proc-root: only this machine answers it',
    );
  }
  return { procRoot, socketSource, netns: netnsOf(flags), machines: machinesOf(flags) };
}

/** Maximum number of concurrent ssh processes. */
const maxAtOnce = 256;

/** The machines of --on as given; `@FILE` is expanded later, by code that may read files. */
function machinesOf(flags: GivenFlags): MachinesAsked | null {
  if (!flags.has('on')) {
    refuseAlone(flags, ['on-timeout', 'on-parallel', 'strict'], '--on');
    return null;
  }
  refuse(flags, '--on', refusedBy.on);
  const names = flags.values('on');
  if (names.length === 0 || names.includes('')) {
    throw usageError('--on: expected a machine, found nothing');
  }
  const parallel = flags.value('on-parallel');
  const atOnce = parallel === null ? usualMachines.atOnce : Number(parallel);
  if (parallel !== null && !(/^\d+$/.test(parallel) && atOnce >= 1 && atOnce <= maxAtOnce)) {
    throw usageError(
      `--on-parallel ${shownValue(parallel)}: expected a whole number from 1 to ${maxAtOnce}`,
    );
  }
  const timeout = seconds(flags, 'on-timeout', 0.001) ?? usualMachines.timeout;
  return { names, timeout, atOnce, strict: flags.has('strict') };
}

function netnsOf(flags: GivenFlags): NetnsAsked {
  const name = flags.value('netns');
  if (name === null) return flags.has('all-netns') ? 'all' : 'own';
  if (flags.has('all-netns')) throw usageError('--all-netns and --netns: give one of them');
  if (name === '') throw usageError('--netns: expected a name, a PID or a path, found nothing');
  return { name };
}

function procRootOf(flags: GivenFlags): string | null {
  const root = flags.value('proc-root');
  // An empty root would make /net of it, another folder.
  if (root === '') throw usageError('--proc-root: expected a folder, found nothing');
  return root;
}
