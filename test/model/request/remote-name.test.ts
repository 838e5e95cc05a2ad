import { describe, expect, it } from 'vitest';
import { remoteNameProblem, sshDestination } from '../../../src/model/request/remote-name.ts';

describe('remoteNameProblem', () => {
  it.each([
    ...['web1', 'web1.example.com', 'WEB_1', '192.0.2.1', 'web1.', 'a'],
    ...['root@web1', 'j.doe+ops@web1', 'jdoe@corp.example.com@web1', 'a-b@web1'],
    ...['2001:db8::1', 'fe80::1%eth0', 'root@fe80::1%eth0.5', '::ffff:192.0.2.1', '::', '::1'],
    ...['ssh://web1', 'ssh://root@web1:2222', 'ssh://root@web1:2222/', 'ssh://[2001:db8::1]:22'],
    ...['ssh://[fe80::1%25eth0]', 'ssh://web1:1', 'ssh://web1:65535', 'ssh://web1:00022'],
  ])('has nothing against %s', (name) => {
    expect(remoteNameProblem(name)).toBeNull();
  });

  it.each<readonly [string, string]>([
    ['-oProxyCommand=reboot', 'as an option does'],
    ['--', 'as an option does'],
    ['', 'empty'],
    [`a${'.a'.repeat(300)}`, 'too long'],
    ['root@-oProxyCommand=reboot', 'expected HOST'],
    ['-v@web1', 'as an option does'],
    ['ssh://-oProxyCommand=reboot', 'expected HOST'],
    ['ssh://root@-v', 'expected HOST'],
    ['ssh://web1/path', 'expected HOST'],
    // ssh decodes these in a URI: a backtick and a parenthesis.
    ['ssh://%60reboot%60@web1', 'expected HOST'],
    ['ssh://web1%28', 'expected HOST'],
    ['ssh://[fe80::1%24x]', 'expected HOST'],
    ...['ssh://web1:0', 'ssh://web1:65536', 'ssh://root@[::1]:70000', 'ssh://web1:99999/'].map(
      (name) => [name, 'its port is not a number from 1 to 65535'] as const,
    ),
    ['web1:22', 'ssh://web1:22'],
    ['root@web1:22', 'ssh://root@web1:22'],
    // Digits and letters of an IPv6 address, and one colon: a port.
    ...['10.0.0.1:2222', 'db:22', 'root@192.0.2.1:22', 'cafe:443'].map(
      (name) => [name, `ssh://${name}`] as const,
    ),
    [':22', 'expected HOST'],
    ['ssh://[10.0.0.1:22]', 'expected HOST'],
    ['[2001:db8::1]', 'without brackets'],
    ['[2001:db8::1]:22', 'without brackets'],
    ['[web]', 'expected HOST'],
    ['wéb1', 'alias in ssh_config'],
    ...[
      'web1 web2',
      'web1;reboot',
      '$(reboot)',
      '`reboot`',
      'web1|x',
      'web1&',
      "web'1",
      'web"1',
    ].map((name) => [name, 'expected HOST'] as const),
    ...['web1\nweb2', 'web1\u001b[31m', 'web\\1', 'web/1', 'web1*', '~', '#web1', '@file'].map(
      (name) => [name, 'expected HOST'] as const,
    ),
  ])('refuses %j: %s', (name, why) => {
    expect(remoteNameProblem(name)).toContain(why);
  });

  it('takes no longer for names that nearly fit', () => {
    expect(remoteNameProblem(`${'a:'.repeat(255)}!`)).not.toBeNull();
    expect(remoteNameProblem(`${'a@'.repeat(255)}!`)).not.toBeNull();
  });
});

describe('sshDestination', () => {
  it.each([
    ['web1', '-- web1'],
    ['root@fe80::1%eth0', '-- root@fe80::1%eth0'],
    ['ssh://web1', '-- web1'],
    ['ssh://root@web1:2222/', '-p 2222 -- root@web1'],
    ['ssh://j.doe+ops@web1:22', '-p 22 -- j.doe+ops@web1'],
    ['ssh://[2001:db8::1]:2222', '-p 2222 -- 2001:db8::1'],
    ['ssh://root@[fe80::1%25eth0]', '-- root@fe80::1%eth0'],
    ['ssh://[::ffff:192.0.2.1]:22/', '-p 22 -- ::ffff:192.0.2.1'],
  ])('%s: %s', (name, words) => {
    expect(remoteNameProblem(name)).toBeNull();
    expect(sshDestination(name).join(' ')).toBe(words);
  });
});
