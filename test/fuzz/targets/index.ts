import type { Target } from '../target.js';
import { commandLineTargets } from './command-line.js';
import { darwinTargets } from './darwin.js';
import { linuxProcessTargets } from './linux-processes.js';
import { linuxReportTargets } from './linux-reports.js';
import { linuxSocketTargets } from './linux-sockets.js';
import { nameTargets } from './names.js';
import { outputTargets } from './output.js';
import { win32Targets } from './win32.js';

/** Every target; `test/fuzz-targets.test.ts` holds that no parser of src lacks one. */
export const targets: readonly Target<unknown>[] = [
  ...linuxSocketTargets,
  ...linuxReportTargets,
  ...linuxProcessTargets,
  ...nameTargets,
  ...darwinTargets,
  ...win32Targets,
  ...commandLineTargets,
  ...outputTargets,
];
