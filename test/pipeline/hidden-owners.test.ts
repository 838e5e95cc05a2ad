import { describe, expect, it } from 'vitest';
import { emptyOwners, emptyPeers, noOwners } from '../../src/model/packed/owners.ts';
import { asBatch, emptyPack } from '../../src/model/packed/sockets.ts';
import type { NoOwner } from '../../src/model/socket/owner.ts';
import type { Socket } from '../../src/model/socket/socket.ts';
import { hiddenOwners } from '../../src/pipeline/hidden-owners.ts';
import { compileSelection } from '../../src/select/compile-selection.ts';
import { plainSelection, type Selection } from '../../src/select/index.ts';
import { lookups, query } from '../select/sockets.ts';
import { inet, owner } from '../support/builders.ts';
import { tcpTable } from '../support/packs.ts';
import { allOf, warningSink } from '../support/source-answers.ts';

const all = plainSelection({ which: 'all', boundInactive: false });
const asking = (expression: string) =>
  compileSelection(query({ expression: [expression] }), lookups);

/** Who holds one end: a program, or the reason why that is not known. */
type Held = NoOwner | 'nginx';

function held(by: Held) {
  return by === 'nginx'
    ? { owners: [owner(7, 'nginx')], noOwner: null }
    : { owners: [], noOwner: by };
}

/** A connection with the inode `inode`, and the other end's: the next number. */
function connection(inode: number, mine: Held, theirs: Held | null): Socket {
  const peer = theirs && { inode: inode + 1, ...held(theirs) };
  return { ...inet('127.0.0.1:80', '127.0.0.1:40000', { inode, ...held(mine) }), peer };
}

/** What is warned of for rows where some owners are hidden on these machines. */
async function warned(
  rows: readonly Socket[],
  selection: Selection = all,
  hosts: readonly (string | undefined)[] = [undefined],
) {
  const sink = warningSink();
  const hidden = hiddenOwners(selection, sink);
  async function* batches() {
    for (const host of hosts) {
      hidden.onHidden(
        (count) => ({ code: 'owners-denied', message: `${count} hidden`, source: null }),
        host,
      );
    }
    yield rows;
  }
  const passed = await allOf(hidden.counted(batches()));
  return { passed, messages: sink.warnings.map(({ message }) => message) };
}

describe('owners that are hidden', () => {
  it.each<[string, readonly Socket[], string | null]>([
    ['nobody', [connection(1, 'nginx', 'nginx'), connection(3, 'none', null)], null],
    ['a reason that is no secret', [connection(1, 'unknown', 'none')], null],
    ['a socket', [connection(1, 'denied', null)], '1 hidden'],
    ['its other end', [connection(1, 'nginx', 'denied')], '1 hidden'],
    ['both', [connection(1, 'denied', 'denied')], '2 hidden'],
    [
      'both ends of one connection, each with the other',
      [
        connection(1, 'denied', 'denied'),
        { ...connection(2, 'denied', null), peer: { inode: 1, ...held('denied') } },
      ],
      '2 hidden',
    ],
    [
      'one of several sockets',
      [{ ...connection(1, 'nginx', null), peer: { inode: null, ...held('denied') } }],
      '1 hidden',
    ],
  ])('are counted: %s', async (_, rows, message) => {
    const { passed, messages } = await warned(rows);
    expect(messages).toEqual(message === null ? [] : [message]);
    expect(passed).toEqual([rows]);
  });

  it.each<[string, Held, Held | null, boolean]>([
    ['peer = nosuch', 'nginx', 'denied', true],
    ['peer = nosuch', 'denied', 'nginx', false],
    ['peer = nosuch', 'denied', null, false],
    ['peerpid = 1', 'nginx', 'denied', true],
    ['peerpid = 1', 'denied', 'nginx', false],
    ['peer = nosuch and sport = 22', 'nginx', 'denied', false],
    ['program = nosuch', 'nginx', 'denied', false],
    ['program = nosuch', 'denied', 'nginx', true],
    ['peer = nosuch or program = nosuch', 'denied', 'nginx', true],
    // It is shown.
    ['peer != nosuch', 'nginx', 'denied', true],
    ['peernoowner = denied', 'nginx', 'denied', true],
  ])('count only where they decide or are shown: %s, of %s and %s', async (...example) => {
    const [expression, mine, theirs, isCounted] = example;
    const { messages } = await warned([connection(1, mine, theirs)], asking(expression));
    expect(messages.length > 0).toBe(isCounted);
  });

  it('are counted for each machine, where they are hidden', async () => {
    const on = (host: string, mine: Held) => ({ ...connection(1, mine, 'denied'), host });
    const rows = [on('a', 'denied'), on('b', 'nginx'), on('c', 'denied')];
    expect((await warned(rows, all, ['a', 'b'])).messages).toEqual(['a: 2 hidden', 'b: 1 hidden']);
  });

  it('are counted in packs', async () => {
    const denied = noOwners.indexOf('denied');
    const pack = emptyPack(tcpTable('inet'), 2, false);
    pack.length = 2;
    pack.inodes.set([1, 3]);
    pack.owners = emptyOwners(2, [[]]);
    pack.owners.reasons.set([denied, noOwners.indexOf('none')]);
    pack.peers = emptyPeers(2, [[]], null);
    pack.peers.inodes.set([2, 4]);
    pack.peers.reasons.set([denied, denied]);
    expect((await warned(asBatch(pack))).messages).toEqual(['3 hidden']);
  });

  it('are warned of before the error that ended the reading', async () => {
    const sink = warningSink();
    const { onHidden, counted } = hiddenOwners(all, sink);
    async function* batches() {
      onHidden((count) => ({ code: 'owners-denied', message: `${count} hidden`, source: null }));
      yield [connection(1, 'denied', null)];
      throw new Error('broken');
    }
    await expect(allOf(counted(batches()))).rejects.toThrow('broken');
    expect(sink.warnings.map(({ message }) => message)).toEqual(['1 hidden']);
  });
});
