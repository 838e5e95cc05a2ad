import { expect, it } from 'vitest';
import { attributeIn } from '../../src/attributes/attribute.ts';
import { exposureAttributes } from '../../src/attributes/exposure.ts';
import type { Exposure, PublishedPort } from '../../src/model/socket/exposure.ts';
import type { Socket } from '../../src/model/socket/socket.ts';
import { container, inet } from '../support/builders.ts';

const { filter, value, sort, isUnavailable } =
  attributeIn(exposureAttributes, 'publishedfor') ?? {};

const socket = (exposure: Partial<Exposure> | null): Socket =>
  inet('0.0.0.0:8080', '0.0.0.0:0', {
    exposure: exposure && { kind: 'published', published: [], reason: null, ...exposure },
  });
const web = container('web', { id: 'ab'.repeat(32) });
const proxy = socket({ workloads: [web, container('db', { runtime: 'podman' })] });
const port: PublishedPort = {
  ...{ protocol: 'tcp', hostAddress: null, hostPort: 8080, address: '172.17.0.2', port: 80 },
  workload: 'docker:old',
};

function words(of: Socket): readonly unknown[] {
  if (filter?.kind !== 'text') throw new Error('not compared as a text');
  return filter.of(of);
}

it('a published port is found by every word for its workloads', () => {
  for (const word of ['docker:web', 'web', 'container:web', 'ab'.repeat(6), 'podman:db']) {
    expect(words(proxy)).toContain(word);
  }
  expect(words(socket(null))).toEqual([]);
});

it('one in a capture without them is found by the label of where it leads', () => {
  expect(words(socket({ published: [port] }))).toEqual(['docker:old']);
});

it('its workloads are shown, and the first is sorted by', () => {
  expect(value?.(proxy, {} as never)).toEqual(['docker:web', 'podman:db']);
  expect(sort?.(proxy, {} as never)).toBe('docker:web');
  for (const none of [socket({ kind: 'host' }), socket(null)]) {
    expect([value?.(none, {} as never), sort?.(none, {} as never)]).toEqual([[], null]);
  }
});

it('whether another workload is meant is not known of a forwarder that does not show it', () => {
  expect(
    [proxy, socket({}), socket({ kind: 'host' }), socket(null)].map((one) => isUnavailable?.(one)),
  ).toEqual([false, true, false, false]);
});
