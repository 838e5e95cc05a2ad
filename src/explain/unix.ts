import type { UnixState, UnknownState } from '../model/socket/state.ts';
import type { StateText } from './state-text.ts';

/** UNIX sockets: the kernel keeps only part of what TCP distinguishes (net/unix/af_unix.c). */
export const unixTexts = {
  LISTENING: {
    summary: 'Waits for connections to its path.',
    meaning:
      'A server waits here for connections. Connected sockets of that server show the same path, each as a row of its own.',
  },
  CONNECTING: {
    summary: 'Connected, and not yet accepted by the server.',
    meaning:
      "The server's end of a connection that waits in its accept queue: no program holds it yet. Many mean that the server accepts too slowly.",
  },
  CONNECTED: {
    summary: 'Has a peer.',
    meaning:
      'An open stream, or a datagram socket with a fixed peer. Hundreds on one machine are common.',
  },
  UNCONNECTED: {
    summary: 'Has no peer. netstat leaves it blank.',
    meaning:
      'A datagram socket that accepts messages from anyone (the system log is one), or a stream socket that is not connected yet or no longer is.',
  },
  DISCONNECTING: {
    summary: 'Being closed.',
    meaning:
      'No program holds the socket any more and it is not connected. It should disappear in a moment.',
  },
  FREE: {
    summary: 'Not in use.',
    meaning: 'A socket that is not allocated. It should not be seen in a listing.',
  },
} satisfies Record<Exclude<UnixState, UnknownState>, StateText>;
