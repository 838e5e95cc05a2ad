import type { Target } from '../target.ts';
import { analysisTargets } from './analysis.ts';
import { commandLineTargets } from './command-line.ts';
import { darwinTargets } from './darwin.ts';
import { linuxFirewallTargets } from './linux-firewall.ts';
import { linuxKernelTypeTargets } from './linux-kernel-types.ts';
import { linuxNeighbourTargets } from './linux-neighbours.ts';
import { linuxNetlinkTargets } from './linux-netlink.ts';
import { linuxProcessTargets } from './linux-processes.ts';
import { linuxReportTargets } from './linux-reports.ts';
import { linuxSocketTargets } from './linux-sockets.ts';
import { linuxSystemTargets } from './linux-system.ts';
import { linuxWorkloadTargets } from './linux-workloads.ts';
import { nameTargets } from './names.ts';
import { outputTargets } from './output.ts';
import { remoteTargets } from './remote.ts';
import { savedTargets } from './saved.ts';
import { servingTargets } from './serving.ts';
import { win32Targets } from './win32.ts';

/** Every target; `test/fuzz-targets.test.ts` checks that each parser of src has one. */
export const targets: readonly Target<unknown>[] = [
  ...analysisTargets,
  ...linuxSocketTargets,
  ...linuxNetlinkTargets,
  ...linuxReportTargets,
  ...linuxNeighbourTargets,
  ...linuxProcessTargets,
  ...linuxWorkloadTargets,
  ...linuxFirewallTargets,
  ...linuxSystemTargets,
  ...linuxKernelTypeTargets,
  ...nameTargets,
  ...darwinTargets,
  ...win32Targets,
  ...commandLineTargets,
  ...outputTargets,
  ...remoteTargets,
  ...savedTargets,
  ...servingTargets,
];
