import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeServices, servicesByPid } from '../../../src/sources/win32/services.ts';
import { warningSink } from '../../support/source-answers.ts';
import {
  bufferAddress,
  dword,
  type FakeService,
  fakeWindows,
  qword,
  row,
  wide,
  writeServices,
} from './fake-windows.ts';

const dns = { name: 'Dnscache', displayName: 'DNS Client', pid: 1200 };
const nla = { name: 'NlaSvc', displayName: 'Network Location Awareness', pid: 1200 };
const web = { name: 'W3SVC', displayName: 'Служба веб-публикаций', pid: 4321 };
const nameOf = ({ name }: FakeService) => ({ name });

const many: readonly FakeService[] = Array.from({ length: 1000 }, (_, i) => ({
  name: `Service${i}`,
  displayName: `The service with the number ${i}`,
  pid: 100 + (i % 250),
}));

describe('servicesByPid', () => {
  test('services by their process, several of which may share one', () => {
    const { api, open } = fakeWindows({ services: [dns, web, nla] });
    const sink = warningSink();
    expect(servicesByPid(api, sink)).toEqual(
      new Map([
        [1200, [nameOf(dns), nameOf(nla)]],
        [4321, [nameOf(web)]],
      ]),
    );
    expect(sink.warnings).toEqual([]);
    expect(open.size).toBe(0);
  });

  test('one without a process is left out', () => {
    const { api } = fakeWindows({ services: [{ ...dns, pid: 0 }, web] });
    expect([...(servicesByPid(api, warningSink())?.keys() ?? [])]).toEqual([4321]);
  });

  test('no service runs: none, which is not the same as unknown', () => {
    expect(servicesByPid(fakeWindows().api, warningSink())).toEqual(new Map());
  });

  test.each([
    ['no room for one', 0],
    ['room for one', 200],
    ['room for some', 4096],
    ['room for all at once', 256 * 1024],
  ])(
    '1,000 services, first asked for with %s: each once, from where the call before ended',
    (_, room) => {
      const asked: { room: number; resume: number }[] = [];
      const { api } = fakeWindows({
        listServices: (_manager, buffer, resume) => {
          asked.push({ room: buffer.length, resume });
          return writeServices(buffer, many, resume);
        },
      });
      const sink = warningSink();
      const services = servicesByPid(api, sink, room);
      expect(sink.warnings).toEqual([]);
      expect(
        [...(services ?? [])].flatMap(([pid, all]) => all.map((one) => ({ ...one, pid }))),
      ).toEqual(
        many.map(({ name, pid }) => ({ name, pid })).sort((one, other) => one.pid - other.pid),
      );
      expect(asked.length > 1).toBe(room < 256 * 1024);
      expect(Math.max(...asked.map((call) => call.room))).toBeLessThanOrEqual(256 * 1024);
      const resumed = asked.map(({ resume }) => resume);
      expect(resumed).toEqual([...resumed].sort((a, b) => a - b));
    },
  );

  test('a system that begins anew at each call, as Wine does: each service once', () => {
    const { api } = fakeWindows({
      listServices: (_manager, buffer) => {
        const answer = writeServices(buffer, many, 0);
        return answer.status === 0 ? answer : { ...answer, count: 0, resume: 0 };
      },
    });
    const services = servicesByPid(api, warningSink(), 64);
    expect([...(services?.values() ?? [])].flat()).toHaveLength(1000);
  });

  test('more than one call has room for: the rest is asked for', () => {
    const long = many.map((service) => ({ ...service, displayName: 'n'.repeat(255) }));
    const { api } = fakeWindows({ services: long });
    const services = servicesByPid(api, warningSink());
    expect([...(services?.values() ?? [])].flat()).toHaveLength(1000);
  });

  test('a rejected request to the service manager: null, and a warning', () => {
    const sink = warningSink();
    expect(servicesByPid(fakeWindows({ openServiceManager: () => null }).api, sink)).toBeNull();
    expect(sink.warnings).toEqual([
      {
        code: 'forbidden',
        message: 'OpenSCManagerW failed with Windows error 5; services are not available',
        source: 'OpenSCManagerW',
      },
    ]);
  });

  const failing = { status: 1115, count: 0, needed: 0, resume: 0, address: bufferAddress };

  test('a list that fails at once: null, a warning, and the manager is closed', () => {
    const sink = warningSink();
    const { api, open } = fakeWindows({ listServices: () => failing });
    expect(servicesByPid(api, sink)).toBeNull();
    expect(sink.warnings).toEqual([
      {
        code: 'unreadable',
        message: 'EnumServicesStatusExW failed with Windows error 1115; services are not available',
        source: 'EnumServicesStatusExW',
      },
    ]);
    expect(open.size).toBe(0);
  });

  test('a list that fails later: what came stands, and a warning', () => {
    const sink = warningSink();
    const { api } = fakeWindows({
      listServices: (_manager, buffer, resume) =>
        resume === 0 ? writeServices(buffer, [dns, web], 0) : failing,
    });
    expect(servicesByPid(api, sink, 150)).toEqual(new Map([[1200, [nameOf(dns)]]]));
    expect(sink.warnings).toMatchObject([
      { message: expect.stringMatching(/error 1115; some services are missing$/) },
    ]);
  });

  test('a list without an end is given up', () => {
    let calls = 0;
    const { api, open } = fakeWindows({
      listServices: () => {
        calls++;
        return { ...failing, status: 234 };
      },
    });
    const sink = warningSink();
    expect(servicesByPid(api, sink)).toBeNull();
    expect(sink.warnings).toMatchObject([
      { message: 'EnumServicesStatusExW does not end; services are not available' },
    ]);
    expect(calls).toBeLessThan(20);
    expect(open.size).toBe(0);
  });

  test('a fault of the call leaves no handle open', () => {
    const { api, open } = fakeWindows({
      listServices: () => {
        throw new Error('broken');
      },
    });
    expect(() => servicesByPid(api, warningSink())).toThrow('broken');
    expect(open.size).toBe(0);
  });
});

describe('an ENUM_SERVICE_STATUS_PROCESSW', () => {
  /** One entry, its pointers as given, and behind it the text `Name`. */
  function decoded(name: bigint, displayName: bigint, count = 1) {
    const text = wide('Name\0');
    const bytes = row(
      56 + text.length,
      [0, qword(name)],
      [8, qword(displayName)],
      [44, dword(0xffff_fffc)],
      [56, text],
    );
    const sink = warningSink();
    return { services: [...decodeServices(bytes, count, bufferAddress, sink)], sink };
  }
  const inside = bufferAddress + 56n;

  test('the PID is the eighth member of SERVICE_STATUS_PROCESS, without a sign', () => {
    expect(decoded(inside, inside).services).toEqual([{ pid: 0xffff_fffc, name: 'Name' }]);
  });

  test('its name for people is not read', () => {
    expect(decoded(inside, 0n).services).toMatchObject([{ name: 'Name' }]);
  });

  test.each([
    ['to nothing', 0n],
    ['before the buffer', bufferAddress - 1n],
    ['behind it', bufferAddress + 66n],
  ])('a name that leads %s is not followed', (_, pointer) => {
    const { services, sink } = decoded(pointer, inside);
    expect(services).toEqual([]);
    expect(sink.warnings).toEqual([
      {
        code: 'malformed',
        message: 'EnumServicesStatusExW: only 0 of its 1 services were complete',
        source: 'EnumServicesStatusExW',
      },
    ]);
  });

  test('more entries than the buffer holds: those that are whole, and a warning', () => {
    const { services, sink } = decoded(inside, inside, 7);
    expect(services).toHaveLength(1);
    expect(sink.warnings).toHaveLength(1);
  });

  test('any bytes: services or a warning, never an exception', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.nat(9), fc.nat(400), (bytes, count, at) => {
        const sink = warningSink();
        const buffer = Buffer.from(bytes);
        // Of eight bytes anywhere an address in the buffer is made too.
        const address = buffer.length > at + 8 ? buffer.readBigUInt64LE(at) : 0n;
        const services = [...decodeServices(buffer, count, address, sink)];
        expect(sink.warnings).toHaveLength(services.length === count ? 0 : 1);
        expect(services.every(({ name }) => name !== '')).toBe(true);
      }),
    );
  });
});
