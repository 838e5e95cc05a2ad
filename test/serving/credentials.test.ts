import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { readCredentials } from '../../src/serving/credentials.ts';

const sha256 = (text: string) => `sha256:${createHash('sha256').update(text).digest('hex')}`;
const basic = (pair: string) => `Basic ${Buffer.from(pair).toString('base64')}`;

const both = `# who may ask
bearer s3cr.et-~+/token==

basic prometheus:pass:word with blanks
basic other:${sha256('hidden')}
bearer ${sha256('the hidden token')}
`;

describe('who is admitted', () => {
  const { admit } = readCredentials(both, 'file');
  it.each([
    ['Bearer s3cr.et-~+/token==', true],
    ['bearer s3cr.et-~+/token==', true],
    ['BEARER   s3cr.et-~+/token==', true],
    [basic('prometheus:pass:word with blanks'), true],
    [basic('other:hidden'), true],
    ['Bearer the hidden token', true],
    [undefined, false],
    ['', false],
    ['Bearer', false],
    ['Bearer ', false],
    ['Bearer s3cr.et-~+/token=', false],
    ['Bearer s3cr.et-~+/token== ', true],
    ['s3cr.et-~+/token==', false],
    ['Digest s3cr.et-~+/token==', false],
    ['Basic s3cr.et-~+/token==', false],
    // What is meant for one scheme is nothing in the other.
    [basic(':s3cr.et-~+/token=='), false],
    ['Bearer hidden', false],
    [basic('prometheus:'), false],
    [basic('prometheus'), false],
    [basic(''), false],
    [basic('Prometheus:pass:word with blanks'), false],
    [basic('prometheus:pass:word with blank'), false],
    [basic('other:pass:word with blanks'), false],
    // The digest is no password.
    [basic(`other:${sha256('hidden')}`), false],
    [`Bearer ${sha256('the hidden token')}`, false],
    ['Basic !!!!', false],
    [`${basic('other:hidden')} and more`, false],
    [`Basic ${'A'.repeat(100_000)}`, false],
  ] as const)('%.60s: %s', (header, isAdmitted) => {
    expect(admit(header)).toBe(isAdmitted);
  });

  it('a name and password beyond ASCII are UTF-8', () => {
    const { admit } = readCredentials('basic zoë:pässwörd\r\n', 'file');
    expect([admit(basic('zoë:pässwörd')), admit(basic('zoe:passwörd'))]).toEqual([true, false]);
  });

  it.each([
    ['bearer t', ['Bearer realm="tsnetstat"']],
    ['basic u:p', ['Basic realm="tsnetstat", charset="UTF-8"']],
    [both, ['Basic realm="tsnetstat", charset="UTF-8"', 'Bearer realm="tsnetstat"']],
  ])('%j challenges for what it has', (text, challenges) => {
    expect(readCredentials(text, 'file').challenges).toEqual(challenges);
  });
});

describe('mistakes are reported with their line, and no secret', () => {
  it.each([
    ['', 'file: contains no credentials'],
    ['# nothing\n\n', 'file: contains no credentials'],
    ['hunter2secret', 'file: line 1: expected'],
    ['bearer a\nbearer hunter2secret b', 'file: line 2: expected'],
    ['bearer', 'file: line 1: expected'],
    ['basic hunter2secret', 'file: line 1: expected'],
    ['basic :hunter2secret', 'file: line 1: expected'],
    ['basic hunter2secret:', 'file: line 1: expected'],
    ['digest u:hunter2secret', 'file: line 1: expected'],
    // One digit is missing, there is one too many, or none at all.
    [`basic prom:sha256:${'a'.repeat(63)}`, 'file: line 1: expected'],
    [`bearer sha256:${'A'.repeat(65)}`, 'file: line 1: expected'],
    ['basic prom:sha256:', 'file: line 1: expected'],
    // All that sha256sum prints, a blank at the end, a letter that is no digit.
    [`basic prom:${sha256('x')}  -`, '64 digits and nothing else'],
    [`basic prom:${sha256('x')} `, '64 digits and nothing else'],
    [`basic prom: ${sha256('x')}`, '64 digits and nothing else'],
    [`bearer ${sha256('x')}-`, '64 digits and nothing else'],
    [`bearer sha256:${'O'.repeat(64)}`, '64 digits and nothing else'],
    ['basic_auth_users:\n  u: hunter2secret', 'file: line 1: expected'],
  ])('%j', (text, message) => {
    const read = () => readCredentials(text, 'file');
    expect(read).toThrow(message);
    expect(read).not.toThrow(/hunter2secret/);
  });
});
