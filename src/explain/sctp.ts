import type { SctpState } from '../model/socket/state.ts';
import type { StateText } from './state-text.ts';

/** SCTP associations, in the order of their life cycle (RFC 9260 section 4). SCTP sockets use TCP's states. */
export const sctpTexts = {
  COOKIE_WAIT: {
    summary: 'Requested an association; no answer yet.',
    meaning:
      'This side sent INIT and waits for INIT ACK. Many mean what many SYN_SENT mean: peers do not answer.',
  },
  COOKIE_ECHOED: {
    summary: "Sent the peer's cookie back; not confirmed.",
    meaning:
      'INIT ACK came with a cookie, this side sent it back (COOKIE ECHO) and waits for COOKIE ACK. Data may already travel with the cookie.',
  },
  ESTABLISHED: {
    summary: 'Open: data can flow both ways.',
    meaning:
      'The association is open, over every address that its two ends have announced to each other.',
  },
  SHUTDOWN_PENDING: {
    summary: 'This side is closing; data is still unconfirmed.',
    meaning:
      'The local program has closed. New data is refused, and the peer still has to acknowledge what was sent. Many mean that peers are slow or gone.',
  },
  SHUTDOWN_SENT: {
    summary: 'Sent SHUTDOWN; waits for SHUTDOWN ACK.',
    meaning: 'All data is acknowledged and SHUTDOWN is sent; SHUTDOWN ACK is missing.',
  },
  SHUTDOWN_RECEIVED: {
    summary: 'The peer sent SHUTDOWN; own data is still unconfirmed.',
    meaning:
      'SHUTDOWN came from the peer, and this side still has data to deliver. Unlike TCP, SCTP has no half-closed associations: both ends stop.',
  },
  SHUTDOWN_ACK_SENT: {
    summary: 'Sent SHUTDOWN ACK; waits for SHUTDOWN COMPLETE.',
    meaning: "SHUTDOWN ACK is sent; the peer's SHUTDOWN COMPLETE ends the association.",
  },
  CLOSED: {
    summary: 'No association.',
    meaning: 'An endpoint without an association: not started yet, or over.',
  },
} satisfies Record<SctpState, StateText>;
