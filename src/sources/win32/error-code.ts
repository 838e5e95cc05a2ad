import { NetstatError } from '../../errors.ts';

/** The error codes that are handled (winerror.h). */
export const errorCode = {
  success: 0,
  notSupported: 50,
  insufficientBuffer: 122,
  noData: 232,
  moreData: 234,
  notFound: 1168,
} as const;

/** `GetIfTable2 failed with Windows error 5`: the beginning of a message. */
export function failure(call: string, status: number): string {
  return `${call} failed with Windows error ${status}`;
}

/** The error for a call without which there is nothing to show. */
export function callFailed(call: string, status: number): NetstatError {
  return new NetstatError(
    'unreadable',
    `${failure(call, status)}; "net helpmsg ${status}" explains it`,
    { path: call },
  );
}
