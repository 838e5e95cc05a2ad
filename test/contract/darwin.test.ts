import { darwinBackend } from '../../src/platform/darwin/index.js';
import { host, machine, releases } from '../platform/darwin/helpers.js';
import { contractSuite } from './contract-suite.js';

for (const release of releases) {
  contractSuite(`macOS ${release}`, () => darwinBackend(host, machine(release).run));
}
