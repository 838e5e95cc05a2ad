import { describe } from 'vitest';
import { linuxBackend } from '../../src/sources/linux/index.ts';
import { fixturePath, fixtures } from '../sources/linux/support/fixtures.ts';
import { contractSuite } from './contract-suite.ts';

const host = { platform: 'linux', env: {} };

for (const name of fixtures) {
  contractSuite(`Linux, ${name}`, () => linuxBackend({ ...host, procRoot: fixturePath(name) }));
}

describe.skipIf(process.platform !== 'linux')('on this machine', () => {
  contractSuite('Linux, this machine', () => linuxBackend({ ...host, procRoot: null }), {
    live: true,
  });
});
