import { expect, it } from 'vitest';
import { license } from '../../../../src/sources/linux/bpf/program-parts.ts';

it('the terms are among those that the kernel takes for free ones', () => {
  // <linux/license.h>
  expect(['GPL', 'GPL v2', 'Dual BSD/GPL', 'Dual MIT/GPL', 'Dual MPL/GPL']).toContain(license);
});
