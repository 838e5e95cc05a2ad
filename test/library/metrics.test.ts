import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { type MetricsOptions, metrics, NetstatError } from '../../src/library.ts';
import { because, reasonToSkip } from '../support/requirements.ts';

const reason = reasonToSkip({ platforms: ['linux'] });
const procRoot = fileURLToPath(new URL('../../fixtures/linux/quiet-laptop', import.meta.url));

describe.skipIf(reason !== null)(`metrics()${because(reason)}`, () => {
  it('is the classic text unless another is asked for', async () => {
    const text = await metrics({ procRoot });
    expect(text).toMatch(/^# HELP tsnetstat_sockets /);
    expect(text).toMatch(/^tsnetstat_listener\{.*port="22",program="sshd",workload=""\} 1$/m);
    expect(text).toMatch(/^tsnetstat_tcp_in_segs_total \d+$/m);
    expect(text).toMatch(/^tsnetstat_build_info\{version="\d+\.\d+\.\d+"\} 1\n$/m);
    expect(text).not.toContain('# EOF');
    expect(await metrics({ procRoot, format: 'openmetrics' })).toMatch(/\n# EOF\n$/);
  });

  it('is of what filters choose, within its bounds', async () => {
    const text = await metrics({
      procRoot,
      program: 'sshd',
      top: 1,
      remotePorts: [22, 'https', '8000-8100'],
    });
    const servers = text.split('\n').filter((line) => line.startsWith('tsnetstat_listener{'));
    expect(servers.map((line) => /port="(\w+)"/.exec(line)?.[1])).toEqual(['22', 'other']);
    expect(text).toMatch(/^tsnetstat_remote_connections\{protocol="tcp",port="8000-8100"\} 0$/m);
  });

  it.each<[string, object]>([
    ['format', { format: 'json' }],
    ['top', { top: 0 }],
    ['top', { top: 1.5 }],
    ['top', { top: 1001 }],
    ['remotePorts', { remotePorts: 443 }],
    ['remotePorts', { remotePorts: [null] }],
    ['tcpInfo', { tcpInfo: true }],
    ['remotePorts', { remotePorts: ['no-such-service'] }],
    ['owners', { owners: 'yes' }],
    ['interval', { interval: 5 }],
  ])('%s: refuses %j', async (path, options) => {
    const refusal = metrics({ procRoot, ...options } as MetricsOptions);
    await expect(refusal).rejects.toThrow(NetstatError);
    await expect(refusal).rejects.toMatchObject({ code: 'usage', path });
  });

  it.each([null, 5, []])('refuses options that are %j', async (options) => {
    await expect(metrics(options as never)).rejects.toMatchObject({
      code: 'usage',
      path: 'options',
    });
  });

  it('refuses an inherited option of the wrong kind', async () => {
    await expect(metrics(Object.create({ families: ['x'] }))).rejects.toMatchObject({
      code: 'usage',
      path: 'families',
    });
  });

  it('takes other machines, as reports do', async () => {
    // Its type too: that it compiles is part of it.
    const options: MetricsOptions = { on: ['-oProxyCommand=x'], onTimeout: 1000 };
    await expect(metrics(options)).rejects.toThrow('as an option does');
  });

  it('knows users of other machines only by their numbers', async () => {
    await expect(metrics({ on: ['web1'], user: 'root' })).rejects.toMatchObject({
      code: 'usage',
      message: 'root: users of other machines (the option on) are known only by their numbers',
    });
  });

  it('ends with the reason of its signal', async () => {
    const signal = AbortSignal.abort(new Error('enough'));
    await expect(metrics({ procRoot, signal })).rejects.toThrow('enough');
  });
});
