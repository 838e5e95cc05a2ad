import { prefixMasks } from '../address/prefix.ts';
import {
  type AddressAtom,
  type PortAtom,
  patternInTable,
  type SocketPattern,
} from '../socket/pattern.ts';
import { stateFilterOf } from '../socket/state.ts';
import type { PackedSockets, PackedTable } from './sockets.ts';

/** Whether a row matches. */
export type RowTest = (pack: PackedSockets, row: number) => boolean;

/** A pattern as a test that reads the columns of a table's packs; a boolean if it is the same for all rows. */
export function rowTest(of: SocketPattern, table: PackedTable): RowTest | boolean {
  const ofTable = patternInTable(of, table);
  return typeof ofTable === 'boolean' ? ofTable : testOf(ofTable, table);
}

function testOf(of: SocketPattern, table: PackedTable): RowTest {
  if (typeof of === 'boolean') return () => of;
  switch (of.kind) {
    case 'not': {
      const test = testOf(of.of, table);
      return (pack, row) => !test(pack, row);
    }
    case 'all':
    case 'any': {
      const tests = of.of.map((one) => testOf(one, table));
      const isAny = of.kind === 'any';
      return (pack, row) => {
        for (const test of tests) if (test(pack, row) === isAny) return isAny;
        return !isAny;
      };
    }
    case 'port':
      return portTest(of);
    case 'address':
      return table.family === 'inet' ? ipv4Test(of) : ipv6Test(of);
    case 'state': {
      const codes = Uint8Array.from({ length: 256 }, (_, code) =>
        Number(of.states.has(stateFilterOf(table.stateOf(code)))),
      );
      return ({ states }, row) => codes[states[row] as number] === 1;
    }
    case 'table':
      throw new Error('a table was not decided');
  }
}

function portTest({ end, low, high }: PortAtom): RowTest {
  const column = end === 'local' ? 'localPorts' : 'remotePorts';
  return (pack, row) => {
    const port = pack[column][row] as number;
    return port >= low && port <= high;
  };
}

const addressColumn = ({ end }: AddressAtom) => (end === 'local' ? 'locals' : 'remotes');

/** A network of IPv4 addresses is one of mapped addresses: their last word is the address. */
function ipv4Test(atom: AddressAtom): RowTest {
  const column = addressColumn(atom);
  const { words, length } = atom.prefix;
  const { d: mask } = prefixMasks(length);
  return (pack, row) => (((pack[column][row * 4] as number) ^ words.d) & mask) === 0;
}

function ipv6Test(atom: AddressAtom): RowTest {
  const column = addressColumn(atom);
  const { words, length } = atom.prefix;
  const masks = prefixMasks(length);
  return (pack, row) => {
    const at = row * 4;
    const address = pack[column];
    return (
      (((address[at + 3] as number) ^ words.d) & masks.d) === 0 &&
      (((address[at + 2] as number) ^ words.c) & masks.c) === 0 &&
      (((address[at + 1] as number) ^ words.b) & masks.b) === 0 &&
      (((address[at] as number) ^ words.a) & masks.a) === 0
    );
  };
}
