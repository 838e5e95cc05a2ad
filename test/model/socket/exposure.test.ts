import { expect, it } from 'vitest';
import {
  type Exposure,
  exposureText,
  isPublishedToOwn,
  mayBeForOthers,
  type PublishedPort,
  publishedFor,
} from '../../../src/model/socket/exposure.ts';
import { container } from '../../support/builders.ts';

const web: PublishedPort = {
  ...{ protocol: 'tcp', hostAddress: null, hostPort: 8095, address: '10.89.0.2', port: 80 },
  workload: 'podman:web',
};

it('names a port once that leads to both addresses of a container', () => {
  const published = [web, { ...web, address: 'fd00::2' }];
  const text = (ports: readonly PublishedPort[]) =>
    exposureText({ kind: 'published', published: ports, reason: null });
  expect(text(published)).toBe('published: 8095 → podman:web:80');
  expect(text(published.map((port) => ({ ...port, workload: null })))).toBe(
    'published: 8095 → 10.89.0.2:80, 8095 → [fd00::2]:80',
  );
});

const exposure = (changes: Partial<Exposure>): Exposure => ({
  ...{ kind: 'published', published: [], reason: null },
  ...changes,
});
const db = container('db');

it('names for whom a port is published where the port there is not known', () => {
  expect(exposureText(exposure({}))).toBe('published');
  expect(exposureText(exposure({ workloads: [db] }))).toBe('published for docker:db');
  const both = exposure({ published: [web], workloads: [db] });
  expect(exposureText(both)).toBe('published: 8095 → podman:web:80');
});

it('a port is published for its workloads, which older captures name only with the port', () => {
  expect(publishedFor(exposure({ published: [web, web] }))).toEqual(['podman:web']);
  expect(publishedFor(exposure({ published: [web], workloads: [db] }))).toEqual(['docker:db']);
  expect(publishedFor(exposure({ kind: 'host' }))).toEqual([]);
});

it('a port is for the host itself if each address that leads there is its loopback', () => {
  const at = (...addresses: readonly (string | null)[]) =>
    isPublishedToOwn(
      exposure({ published: addresses.map((hostAddress) => ({ ...web, hostAddress })) }),
    );
  expect([at('127.0.0.1'), at('127.0.0.1', '::1')]).toEqual([true, true]);
  expect([at(), at(null), at('192.0.2.1'), at('127.0.0.1', '192.0.2.1')]).toEqual([
    ...[false, false, false, false],
  ]);
});

it('may be for others where a port leads to nobody known, or may lead there', () => {
  expect(mayBeForOthers(exposure({ published: [web] }))).toBe(false);
  expect(mayBeForOthers(exposure({ published: [web, { ...web, workload: null }] }))).toBe(true);
  expect(mayBeForOthers(exposure({}))).toBe(true);
  expect(mayBeForOthers(exposure({ workloads: [db] }))).toBe(false);
  expect(mayBeForOthers(exposure({ kind: 'loopback', workloads: [] }))).toBe(true);
  expect(mayBeForOthers(exposure({ kind: 'loopback' }))).toBe(false);
  expect(mayBeForOthers(exposure({ kind: 'unknown' }))).toBe(true);
  expect(mayBeForOthers(exposure({ kind: 'internal' }))).toBe(false);
});
