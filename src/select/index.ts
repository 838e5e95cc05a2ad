import { isListening } from '../model/classify.js';
import type { FilterOptions, Request, Which } from '../model/request.js';
import type { Socket } from '../model/socket.js';
import type { Lookups } from './lookups.js';

export type { Lookups } from './lookups.js';

/** Which sockets a request is about, asked in two steps so that owners are only sought where they decide. */
export interface Selection {
  /** Whether owners must be known: all of them, since any of a shared socket's may be the one wanted. */
  readonly usesOwners: boolean;
  /** False for a socket that is out whoever its owners are. Final where `usesOwners` is false. */
  beforeOwners(socket: Socket): boolean;
  /** The answer for a socket that passed `beforeOwners` and now has its owners. */
  afterOwners(socket: Socket): boolean;
}

const yes = () => true;

const byWhich: Readonly<Record<Which, (socket: Socket) => boolean>> = {
  connected: (socket) => !isListening(socket),
  listening: isListening,
  all: yes,
};

/**
 * What a request chooses. The filters, their expression and the look-ups they need are only loaded
 * for a request that has some.
 * @throws NetstatError `usage` for a filter that can't be understood
 */
export async function selectionOf(
  request: Request,
  lookups: () => Promise<Lookups>,
): Promise<Selection> {
  if (!hasFilters(request.filters)) {
    return { usesOwners: false, beforeOwners: byWhich[request.which], afterOwners: yes };
  }
  const { compileSelection } = await import('./selection.js');
  return compileSelection(request, await lookups());
}

function hasFilters(filters: FilterOptions): boolean {
  return Object.values(filters).some((value) => (Array.isArray(value) ? value.length > 0 : value));
}
