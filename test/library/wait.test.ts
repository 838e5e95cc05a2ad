import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { waitFor } from '../../src/library/wait.ts';
import { because, reasonToSkip } from '../support/requirements.ts';

const reason = reasonToSkip({ platforms: ['linux'] });

describe.skipIf(reason !== null)(`waiting for sockets${because(reason)}`, () => {
  it('ends when they are there, and when they are gone', async () => {
    const server = createServer();
    const interval = 10;
    // A port that nobody has just now.
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const question = { which: 'listening', protocols: ['tcp'], local: `:${port}` } as const;
    expect(await waitFor({ ...question, interval })).toMatchObject([{ local: { port } }]);

    const gone = waitFor({ ...question, interval, gone: true });
    server.close();
    expect(await gone).toEqual([]);

    const back = waitFor({ ...question, interval });
    server.listen(port, '127.0.0.1');
    expect(await back).toMatchObject([{ local: { port } }]);
    server.close();
  });

  it('is null where the time is over', async () => {
    expect(await waitFor({ expression: 'sport = :1', timeout: 0 })).toBeNull();
    expect(await waitFor({ expression: 'sport = :1', timeout: 30, interval: 10 })).toBeNull();
  });

  it('ends with the reason of its signal', async () => {
    const controller = new AbortController();
    const { signal } = controller;
    const waiting = waitFor({ expression: 'sport = :1', signal });
    setTimeout(() => controller.abort(new Error('enough')), 50);
    await expect(waiting).rejects.toThrow('enough');
  });

  it.each([{ timeout: -1 }, { interval: 'soon' }, { gone: 1 }, { prot: 80 }])(
    'refuses %j',
    async (options) => {
      await expect(waitFor(options as never)).rejects.toMatchObject({ code: 'usage' });
    },
  );
});
