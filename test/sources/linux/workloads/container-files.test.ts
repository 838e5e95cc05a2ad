import { describe, expect, it } from 'vitest';
import {
  parseBundle,
  parseDockerConfig,
  parseLogName,
  parseStorage,
} from '../../../../src/sources/linux/workloads/container-files.ts';

const id = '0123456789abcdef'.repeat(4);
const nothing = { name: null, image: null, pod: null };
const webPod = { name: 'web-0', namespace: 'shop', uid: 'u-1', container: 'nginx' };
const labels = {
  'io.kubernetes.pod.name': 'web-0',
  'io.kubernetes.pod.namespace': 'shop',
  'io.kubernetes.pod.uid': 'u-1',
  'io.kubernetes.container.name': 'nginx',
};
const tell = (value: unknown) => JSON.stringify(value);

/** JSON that is whole, and not what an engine writes. */
const odd = ['', 'nonsense', '{', 'null', '1', '"text"', '[]', '[[]]', '{}', '[null,1,"x",{}]'];

describe('config.v2.json of Docker', () => {
  it('has the name and the image', () => {
    const config = {
      Name: '/web',
      Config: { Image: 'nginx:1.27', Labels: { a: 'b' } },
    };
    expect(parseDockerConfig(tell(config))).toEqual({
      name: 'web',
      image: 'nginx:1.27',
      pod: null,
    });
  });

  it('has the pod by labels, and without them by the kubelet’s name', () => {
    const named = { ...nothing, name: 'nginx', pod: webPod };
    const byLabels = { Name: '/k8s_x', Config: { Labels: labels } };
    expect(parseDockerConfig(tell(byLabels))).toEqual(named);
    expect(parseDockerConfig(tell({ Name: '/k8s_nginx_web-0_shop_u-1_3' }))).toEqual(named);
    const sandbox = { Name: '/k8s_POD_web-0_shop_u-1_3' };
    expect(parseDockerConfig(tell(sandbox))).toEqual({
      ...nothing,
      pod: { ...webPod, container: null },
    });
  });

  it.each([
    ['a name with too few parts', 'k8s_nginx_web-0'],
    ['a name whose pod is empty', 'k8s_nginx__shop_u-1_3'],
  ])('takes %s as it is', (_, name) => {
    expect(parseDockerConfig(tell({ Name: name }))).toEqual({ ...nothing, name });
  });

  it.each([...odd, tell({ Name: 7 }), tell({ Name: '/' }), tell({ Name: 'x'.repeat(256) })])(
    'yields nothing if it is %s',
    (text) => {
      expect(parseDockerConfig(text)).toBeNull();
    },
  );

  it('keeps a name as it is, whatever is in it, but not of any length', () => {
    const name = `\u001b[31m"${'x'.repeat(200)}`;
    const config = { Name: name, Config: { Image: 'i'.repeat(1025) } };
    expect(parseDockerConfig(tell(config))).toEqual({ ...nothing, name });
  });
});

describe('containers.json of containers/storage', () => {
  it('has names and images', () => {
    const metadata = tell({ 'image-name': 'docker.io/library/nginx:latest', name: 'web' });
    const file = [
      { id, names: ['web'], image: 'abcdef', metadata },
      { id: 'a', names: ['plain'] },
      { id: 'b', names: ['odd'], metadata: '{' },
      { id: 'c', names: ['k8s_nginx_web-0_shop_u-1_0'] },
      { id: 'd', names: [] },
      { id: 'e', names: 'web' },
      { names: ['x'] },
      { id, names: ['second'] },
    ];
    expect([...parseStorage(tell(file))]).toEqual([
      [id, { ...nothing, name: 'web', image: 'docker.io/library/nginx:latest' }],
      ['a', { ...nothing, name: 'plain' }],
      ['b', { ...nothing, name: 'odd' }],
      ['c', { ...nothing, name: 'nginx', pod: webPod }],
    ]);
  });

  it.each(odd)('yields nothing if it is %s', (text) => {
    expect(parseStorage(text).size).toBe(0);
  });
});

describe('config.json of a bundle', () => {
  it.each([
    [
      'of containerd',
      {
        'io.kubernetes.cri.container-type': 'container',
        'io.kubernetes.cri.container-name': 'nginx',
        'io.kubernetes.cri.image-name': 'docker.io/library/nginx:latest',
        'io.kubernetes.cri.sandbox-id': id,
        'io.kubernetes.cri.sandbox-name': 'web-0',
        'io.kubernetes.cri.sandbox-namespace': 'shop',
        'io.kubernetes.cri.sandbox-uid': 'u-1',
      },
      { ...nothing, name: 'nginx', image: 'docker.io/library/nginx:latest', pod: webPod },
    ],
    [
      'of containerd, of the container that keeps the pod together',
      { 'io.kubernetes.cri.sandbox-name': 'web-0', 'io.kubernetes.cri.sandbox-namespace': 'shop' },
      { ...nothing, pod: { ...webPod, uid: null, container: null } },
    ],
    [
      'of CRI-O',
      { ...labels, 'io.kubernetes.cri-o.ImageName': 'quay.io/nginx:1' },
      { ...nothing, name: 'nginx', image: 'quay.io/nginx:1', pod: webPod },
    ],
    [
      'of CRI-O, of the container that keeps the pod together',
      { ...labels, 'io.kubernetes.container.name': 'POD' },
      { ...nothing, pod: { ...webPod, container: null } },
    ],
    [
      'of nerdctl',
      { 'nerdctl/name': 'web', 'nerdctl/namespace': 'default' },
      { ...nothing, name: 'web' },
    ],
    ['without names', { 'io.kubernetes.cri.image-name': 'x' }, null],
    [
      'with names of other types',
      { 'io.kubernetes.cri.sandbox-name': 7, 'nerdctl/name': {} },
      null,
    ],
  ])('%s', (_, annotations, told) => {
    expect(parseBundle(tell({ ociVersion: '1.0.2', annotations }))).toEqual(told);
  });

  it.each(odd)('yields nothing if it is %s', (text) => {
    expect(parseBundle(text)).toBeNull();
  });
});

describe('a name in /var/log/containers', () => {
  it.each([
    ['web-0', 'shop', 'nginx'],
    ['web.example-5d9', 'kube-system', 'side-car'],
  ])('names the pod %s in %s and its container %s', (name, namespace, container) => {
    expect(parseLogName(`${name}_${namespace}_${container}-${id}.log`)).toEqual([
      id,
      { ...nothing, name: container, pod: { name, namespace, uid: null, container } },
    ]);
  });

  it.each([
    'syslog',
    `web-0_shop-${id}.log`,
    `web-0_shop_nginx-${id}.log.1`,
    `web-0_shop_nginx-${id.slice(1)}.log`,
    `web-0_shop_ngi_nx-${id}.log`,
    `_shop_nginx-${id}.log`,
    '',
  ])('yields nothing if it is %s', (file) => {
    expect(parseLogName(file)).toBeNull();
  });
});
