import { describe, expect, it } from 'vitest';
import {
  forwardersIn,
  mayBeRootless,
  socketsOf,
} from '../../../../src/sources/linux/exposure/forwarders.ts';
import { fakeProc, systemError } from '../support/fake-proc.ts';

describe('forwarders', () => {
  it('are known by the kernel’s names for them', () => {
    const proc = fakeProc({
      processes: { 5: { fd: {} }, 6: { fd: {} }, 7: { fd: {} }, 8: { fd: {} } },
      files: { '5/comm': 'docker-proxy\n', '6/comm': 'nginx\n', '8/comm': 'rootlessport\n' },
    });
    expect(forwardersIn(proc).map(({ pid }) => pid)).toEqual([5, 8]);
  });
  it('hold sockets; of those that may not be inspected others may be missing', () => {
    const proc = fakeProc({
      processes: {
        5: { fd: { 3: 'socket:[11]', 4: 'pipe:[1]' } },
        6: { fd: systemError('EACCES') },
        7: { fd: { 3: 'socket:[12]' } },
      },
    });
    const running = [
      { pid: 5, name: 'docker-proxy' },
      { pid: 6, name: 'pasta' },
      { pid: 99, name: 'pasta' },
    ];
    expect(socketsOf(proc, running)).toEqual([
      { forwarder: running[0], inodes: new Set([11]), isWhole: true },
      { forwarder: running[1], inodes: new Set(), isWhole: false },
      { forwarder: running[2], inodes: new Set(), isWhole: true },
    ]);
  });
  it('may lead into a namespace of which nothing is known', () => {
    expect(mayBeRootless('/nowhere', 'self', 1)).toBe(true);
  });
  it.runIf(process.platform === 'linux')(
    'do not lead to who lives in the same user namespace',
    () => {
      expect(mayBeRootless('/proc', 'self', process.pid)).toBe(false);
    },
  );
});
