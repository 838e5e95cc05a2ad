import { expect, test } from 'vitest';
import { resemblance } from '../../src/analysis/similar-programs.ts';

test.each<[name: string, program: string | null, commandLine: string | null, resembles: boolean]>([
  ['squid', '(squid-1)', '(squid-1) --kid squid-1', true],
  ['mysql', 'mysqld', null, true],
  ['*Mysql*', 'MYSQLD', null, true],
  ['uvicorn', 'python3', '/usr/bin/python3 /usr/bin/uvicorn app:app', true],
  ['tomcat', 'java', 'java -Dcatalina.home=/usr/share/tomcat9', true],
  ['kafka', 'java', 'java -cp kafkas.jar kafka.Kafka', true],
  ['rabbit', 'beam.smp', 'beam.smp -s rabbit boot', true],
  ['rabbit', 'beam.smp', 'beam.smp -home /var/lib/rabbitmq', false],
  ['app', 'java', 'java -jar application.jar', false],
  ['sh', 'sshd', 'sshd', false],
  ['***', 'sshd', 'sshd', false],
  ['app', null, null, false],
])('%s may be "%s", run as "%s": %s', (name, program, commandLine, resembles) => {
  expect(resemblance(name)({ program, commandLine })).toBe(resembles);
});
