import fc from 'fast-check';
import { expect, it } from 'vitest';
import { packChooser } from '../../../src/model/packed/chosen.ts';
import { keepPack, type PackedSockets, socketsIn } from '../../../src/model/packed/sockets.ts';
import { pattern } from '../../../src/model/socket/pattern.ts';
import type { Socket } from '../../../src/model/socket/socket.ts';
import { packs } from '../../support/packs.ts';
import { anyPattern, isMatched } from '../../support/patterns.ts';

/** The rows of a choice, as objects that stay. */
const rowsOf = (chosen: PackedSockets) =>
  keepPack([], chosen).flatMap((kept) => socketsIn(kept.pack));

it('the rows of packs are chosen as their objects are, each asked about once', () => {
  const keeps = fc.func<[number], boolean>(fc.boolean());
  fc.assert(
    fc.property(
      fc.array(packs, { maxLength: 3 }),
      keeps,
      fc.nat({ max: 4 }),
      (some, isKeptNumber, reuse) => {
        let asked = 0;
        const isKept = ({ inode }: Socket) => isKeptNumber(inode ?? 0);
        const keep = (socket: Socket) => {
          asked++;
          return isKept(socket);
        };
        const choose = packChooser({ keep });
        for (const pack of some) {
          // A reader uses its pack anew.
          for (let round = 0; round <= reuse; round++) {
            asked = 0;
            const objects = socketsIn(pack);
            expect(rowsOf(choose(pack))).toEqual(objects.filter(isKept));
            expect(asked).toBe(pack.length);
            expect(socketsIn(pack)).toEqual(objects);
            pack.inodes.forEach((_, at) => {
              pack.inodes[at] = at + round;
            });
          }
        }
      },
    ),
  );
});

it('only rows that the patterns leave open are asked about', () => {
  const keeps = fc.func<[number], boolean>(fc.boolean());
  fc.assert(
    fc.property(
      fc.array(packs, { maxLength: 3 }),
      ...([anyPattern, anyPattern, keeps] as const),
      (some, one, other, isKeptNumber) => {
        const [possible, certain] = [pattern.any([one, other]), pattern.all([one, other])];
        const asked: (number | null)[] = [];
        const isOpen = (socket: Socket) =>
          isMatched(possible, socket) && !isMatched(certain, socket);
        const choose = packChooser({
          possible,
          certain,
          keep: ({ inode }) => {
            asked.push(inode);
            return isKeptNumber(inode ?? 0);
          },
        });
        for (const pack of some) {
          asked.length = 0;
          const objects = socketsIn(pack);
          const chosen = rowsOf(choose(pack));
          const isChosen = (socket: Socket) =>
            isMatched(certain, socket) || (isOpen(socket) && isKeptNumber(socket.inode ?? 0));
          expect(chosen).toEqual(objects.filter(isChosen));
          expect(asked).toEqual(objects.filter(isOpen).map(({ inode }) => inode));
        }
      },
    ),
    { numRuns: 1000 },
  );
});

it('a pack of which all rows are chosen is given as it is', () => {
  fc.assert(
    fc.property(packs, (pack) => {
      expect(packChooser({ keep: () => true })(pack)).toBe(pack);
      expect(packChooser({ keep: () => false })(pack)).toHaveLength(0);
      const asks = () => expect.unreachable();
      expect(packChooser({ keep: asks, certain: true })(pack)).toBe(pack);
      expect(packChooser({ keep: asks, possible: false })(pack)).toHaveLength(0);
    }),
  );
});
