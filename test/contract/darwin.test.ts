import { darwinBackend } from '../../src/sources/darwin/index.ts';
import { host, machine, releases } from '../sources/darwin/helpers.ts';
import { contractSuite } from './contract-suite.ts';

for (const release of releases) {
  contractSuite(`macOS ${release}`, () => darwinBackend(host, machine(release).run));
}
