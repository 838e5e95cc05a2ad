import fc from 'fast-check';
import { expect, it } from 'vitest';
import { packChooser } from '../../../src/model/packed/chosen.ts';
import { keepPack, socketsIn } from '../../../src/model/packed/sockets.ts';
import type { Socket } from '../../../src/model/socket.ts';
import { packs } from '../../support/packs.ts';

it('the rows of packs are chosen as their objects are, each asked about once', () => {
  const keeps = fc.func<[number], boolean>(fc.boolean());
  fc.assert(
    fc.property(
      fc.array(packs, { maxLength: 3 }),
      keeps,
      fc.nat({ max: 4 }),
      (some, keep, reuse) => {
        let asked = 0;
        const isKept = ({ inode }: Socket) => keep(inode ?? 0);
        const choose = packChooser((socket) => {
          asked++;
          return isKept(socket);
        });
        for (const pack of some) {
          // A reader uses its pack anew.
          for (let round = 0; round <= reuse; round++) {
            asked = 0;
            const objects = socketsIn(pack);
            expect(keepPack([], choose(pack)).flatMap((kept) => socketsIn(kept.pack))).toEqual(
              objects.filter(isKept),
            );
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

it('a pack of which all rows are chosen is given as it is', () => {
  fc.assert(
    fc.property(packs, (pack) => {
      expect(packChooser(() => true)(pack)).toBe(pack);
      expect(packChooser(() => false)(pack)).toHaveLength(0);
    }),
  );
});
