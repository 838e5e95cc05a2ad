import fc from 'fast-check';
import { expect, it } from 'vitest';
import { nameSources } from '../../src/resolve/nsswitch.ts';

const fallback = ['files', 'dns'];

it.each([
  ['no file', null, fallback],
  ['another database only', 'passwd: files\n', fallback],
  ['files only', 'hosts: files\n', ['files']],
  ['no blank', 'hosts:files dns', ['files', 'dns']],
  ['tabs and a blank before the colon', 'hosts\t:\tdns\tfiles', ['dns', 'files']],
  ['upper case', 'HOSTS: files', ['files']],
  ['a comment', 'hosts: files # dns', ['files']],
  ['a comment line', '#hosts: dns\nhosts: files', ['files']],
  ['a comment line behind it', 'hosts: files\n# hosts: dns', ['files']],
  ['nothing listed', 'hosts: # none', []],
  ['the last line counts', 'hosts: files\nhosts: dns', ['dns']],
  [
    'multicast DNS gives up early on its own',
    'hosts: files mdns4_minimal [NOTFOUND=return] dns',
    ['files', 'mdns4_minimal', 'dns'],
  ],
  [
    'systemd-resolved',
    'hosts: mymachines resolve [!UNAVAIL=return] files myhostname dns',
    ['mymachines', 'resolve', 'files', 'myhostname', 'dns'],
  ],
  ['files are final', 'hosts: files [NOTFOUND=return] dns', ['files']],
  ['lower case', 'hosts: files [notfound=return] dns', ['files']],
  ['no blanks', 'hosts: files[NOTFOUND=return]dns', ['files']],
  ['all but success is final', 'hosts: files [!SUCCESS=return] dns', ['files']],
  ['all but unavailability is final', 'hosts: files [!UNAVAIL=return] dns', ['files']],
  ['all but not-found is final', 'hosts: files [!NOTFOUND=return] dns', ['files', 'dns']],
  ['several actions', 'hosts: files [TRYAGAIN=continue NOTFOUND=return] dns', ['files']],
  ['not-found goes on', 'hosts: files [NOTFOUND=continue] dns', ['files', 'dns']],
  ['success goes on', 'hosts: files [SUCCESS=continue] dns', ['files', 'dns']],
  ['unavailability is final', 'hosts: files [UNAVAIL=return] dns', ['files', 'dns']],
  ['blanks around what it is made of', 'hosts: files [ ! UNAVAIL = return ] dns', ['files']],
  ['a verdict is no status', 'hosts: files [SUCCESS=NOTFOUND=return] dns', ['files', 'dns']],
  [
    'the last action counts',
    'hosts: files [NOTFOUND=return NOTFOUND=continue] dns',
    ['files', 'dns'],
  ],
  ['an open bracket', 'hosts: files [NOTFOUND=return dns', ['files']],
])('nsswitch: %s', (_, text, sources) => {
  expect(nameSources(text, 'hosts', fallback)).toEqual(sources);
});

it('never throws', () => {
  const text = fc.string({
    unit: fc.constantFrom('hosts', ':', ' ', '[', ']', '!', '=', '\n', 'x'),
  });
  fc.assert(
    fc.property(text, (given) => {
      for (const source of nameSources(given, 'hosts', fallback)) {
        expect(source).not.toMatch(/\s/);
      }
    }),
  );
});

// Where the work grew with the square of the length, this would take hours.
it.each(['a', '!', '=', 'a=', 'a=b', '!a =', '['])(
  'nsswitch: a bracket of a million characters, made of %j',
  (piece) => {
    const action = piece.repeat(1_000_000 / piece.length);
    expect(nameSources(`hosts: files [${action}] dns`, 'hosts', fallback)[0]).toBe('files');
  },
);
