import { expect, it } from 'vitest';
import { reportingResolver } from '../../src/commands/reporting-resolver.ts';
import { machineWith } from '../resolve/naming-files.ts';
import { fakeHost } from '../support/fake-host.ts';

it('tells once of addresses, and once of users, that nobody named in time', async () => {
  const late = Object.assign(new Error('no answer'), { code: 'ETIMEOUT' });
  const resolvePtr = () => Promise.reject(late);
  const naming = machineWith(
    {},
    { run: () => Promise.reject(late), resolver: async () => ({ resolvePtr, cancel() {} }) },
  );
  const { host, written } = fakeHost({});
  const resolver = await reportingResolver(2000, { ...host, ...naming.host })();
  await resolver.names({ uids: [5001] });
  await resolver.names({ uids: [5002, 5003], addresses: ['192.0.2.1', '192.0.2.2'] });
  await resolver.names({ addresses: ['192.0.2.3'] });
  expect(written.stderr).toBe(
    'tsnetstat: 1 user is shown as a number: no answer within 2 s (--resolve-timeout)\n' +
      'tsnetstat: 2 addresses are shown as numbers: no answer within 2 s (--resolve-timeout)\n',
  );
});
