import { describe } from 'vitest';
import { linuxBackend } from '../../src/platform/linux/index.js';
import { fixturePath, fixtures } from '../platform/linux/support/fixtures.js';
import { contractSuite } from './contract-suite.js';

const host = { platform: 'linux', env: {} };

for (const name of fixtures) {
  contractSuite(`Linux, ${name}`, () => linuxBackend({ ...host, procRoot: fixturePath(name) }));
}

describe.skipIf(process.platform !== 'linux')('on this machine', () => {
  contractSuite('Linux, this machine', () => linuxBackend({ ...host, procRoot: null }), {
    live: true,
  });
});
