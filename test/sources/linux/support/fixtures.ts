import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Warning } from '../../../../src/model/report/snapshot.ts';
import type { Socket } from '../../../../src/model/socket/socket.ts';

const folder = fileURLToPath(new URL('../../../../fixtures/linux', import.meta.url));

/** Captured machines with sockets, by name. */
export const fixtures = readdirSync(folder).filter((name) => !name.startsWith('reports-'));

export function fixturePath(name: string): string {
  return `${folder}/${name}`;
}

/** What a fixture must parse to. */
export interface Expected {
  /** `source` is relative to the fixture. */
  readonly warnings: readonly Pick<Warning, 'code' | 'source'>[];
  readonly sockets: readonly Socket[];
}

export function expectedOf(name: string): Expected {
  return JSON.parse(readFileSync(`${folder}/${name}/expected.json`, 'utf8')) as Expected;
}
