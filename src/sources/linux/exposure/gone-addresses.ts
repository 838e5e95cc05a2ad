import { isServer } from '../../../model/socket/classify.ts';
import { keepGoneAddress } from '../../../model/socket/gone-address.ts';
import type { SocketQuery } from '../../source.ts';
import type { Proc } from '../proc/proc.ts';
import { lackedAddresses } from './local-routes.ts';

/**
 * The query, which records beside each server whether its network has its addresses, before it is asked whether to keep it.
 * Nothing is read for wildcards and loopback, and no routes for what an interface has.
 */
export function markingGone(proc: Proc, query: SocketQuery): SocketQuery {
  const lacks = lackedAddresses(proc);
  return {
    ...query,
    keep(socket) {
      if (socket.protocol !== 'unix' && isServer(socket)) {
        const { local, localAlternates = [] } = socket;
        if (lacks(local.address) && localAlternates.every(lacks)) keepGoneAddress(socket);
      }
      return query.keep(socket);
    },
  };
}
