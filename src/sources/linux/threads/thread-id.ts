import { readlinkSync } from 'node:fs';

/** The ID of the calling thread (gettid(2)). @throws if the kernel does not report it (before Linux 3.17) */
export function threadId(): number {
  return Number(readlinkSync('/proc/thread-self').split('/').at(-1));
}
