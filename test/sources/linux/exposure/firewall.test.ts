import { describe, expect, it } from 'vitest';
import { readFirewall } from '../../../../src/sources/linux/exposure/firewall.ts';
import { fakeProc } from '../support/fake-proc.ts';

describe('readFirewall', () => {
  const nothing = JSON.stringify({ nftables: [] });
  const table = { table: { family: 'ip', name: 'nat', handle: 1 } };
  const nft = JSON.stringify({ nftables: [table] });
  const rule = { rule: { family: 'ip', expr: [{ xt: { type: 'target', name: 'DNAT' } }] } };
  const foreign = JSON.stringify({ nftables: [table, rule] });
  const save = '*nat\n-A PREROUTING -p tcp --dport 1 -j DNAT --to-destination 10.0.0.2:2\nCOMMIT\n';
  const answers = (given: Readonly<Record<string, string>>) => async (program: string) =>
    given[program] === undefined ? null : Buffer.from(given[program]);

  const cases: readonly (readonly [
    string,
    Readonly<Record<string, string>>,
    number,
    RegExp | null,
  ])[] = [
    ['both', { nft, 'iptables-save': save }, 1, null],
    ['nft alone', { nft }, 0, null],
    ['nothing', {}, 0, /could not be read/],
    ['iptables alone', { 'iptables-save': save }, 1, /nftables/],
    ['rules of iptables that nft cannot print', { nft: foreign }, 0, /iptables-save/],
    [
      'the same of IPv6 where iptables prints those of IPv4',
      {
        nft: foreign.replace('"family":"ip","expr"', '"family":"ip6","expr"'),
        'iptables-save': save,
      },
      1,
      /iptables-save/,
    ],
    ['the same if iptables prints them', { nft: foreign, 'iptables-save': save }, 1, null],
    [
      'what is not understood',
      { nft, 'iptables-save': save.replace('10.0.0.2:2', '10.0.0.2-10.0.0.9') },
      0,
      /not understood/,
    ],
    ['an answer that is none', { nft: 'Error' }, 0, /could not be read/],
    ['nft without a table of iptables', { nft: nothing, 'iptables-save': save }, 0, null],
  ];
  it.each(cases)('%s', async (_, given, count, doubt) => {
    const firewall = await readFirewall(fakeProc({}), answers(given));
    expect(firewall.rules.length).toBe(count);
    if (doubt === null) expect(firewall.doubt).toBe(null);
    else expect(firewall.doubt).toMatch(doubt);
  });

  it('runs iptables-save only if there are rules for it', async () => {
    const runs: string[] = [];
    const running =
      (answer: string | null, names = {}) =>
      async () => {
        runs.length = 0;
        await readFirewall(fakeProc({ files: names }), async (program) => {
          runs.push(program);
          return program === 'nft' && answer !== null ? Buffer.from(answer) : null;
        });
        return runs;
      };
    expect(await running(nothing)()).toEqual(['nft']);
    expect(await running(nft)()).toEqual(['nft', 'iptables-save']);
    expect(await running(null)()).toEqual(['nft', 'iptables-save', 'ip6tables-save']);
    expect(await running(nothing, { 'net/ip6_tables_names': 'nat\n' })()).toEqual([
      'nft',
      'ip6tables-save',
      'ip6tables-legacy-save',
    ]);
  });

  it('asks for the older tables where they are there', async () => {
    const proc = fakeProc({ files: { 'net/ip_tables_names': 'filter\nnat\n' } });
    expect((await readFirewall(proc, answers({ nft }))).doubt).toMatch(/iptables-legacy-save/);
    const firewall = await readFirewall(proc, answers({ nft, 'iptables-legacy-save': save }));
    expect([firewall.rules.length, firewall.doubt]).toEqual([1, null]);
  });
});
