import { expect, it } from 'vitest';
import { exposureText, type PublishedPort } from '../../../src/model/socket/exposure.ts';

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
