import { NetstatError } from '../../errors.ts';

/** The error codes that mean something here (winerror.h). */
export const errorCode = {
  success: 0,
  notSupported: 50,
  insufficientBuffer: 122,
  noData: 232,
  moreData: 234,
  notFound: 1168,
} as const;

/** `GetIfTable2: error 5`, in words that a message can go on from. */
export function failure(call: string, status: number): string {
  return `${call} failed with Windows error ${status}`;
}

/** The error for a call without whose answer there is nothing to show. */
export function callFailed(call: string, status: number): NetstatError {
  return new NetstatError(
    'unreadable',
    `${failure(call, status)}; "net helpmsg ${status}" tells what it means`,
    { path: call },
  );
}
