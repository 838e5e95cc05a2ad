import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { run } from '../support/command.ts';
import { program, programFiles, quotedProgram } from '../support/program.ts';
import { because, reasonToSkip } from '../support/requirements.ts';
import { documentErrors, lineErrors } from '../views/text/support/schema.ts';

const unmet = reasonToSkip({ platforms: ['linux'], loopback: true, files: programFiles });
const withoutShell = unmet ?? reasonToSkip({ platforms: ['linux'], programs: ['sh', 'head'] });
const withoutJq = unmet ?? reasonToSkip({ platforms: ['linux'], programs: ['sh', 'jq'] });
const withoutAwk = unmet ?? reasonToSkip({ platforms: ['linux'], programs: ['sh', 'awk'] });

/** A machine that has rows of everything, which this one need not. */
const captured = [
  '--proc-root',
  fileURLToPath(new URL('../../fixtures/linux/quiet-laptop', import.meta.url)),
];

/** The sockets are this process's own: what others hold, and how long their command lines are, is theirs. */
const reports = [
  ['sockets', ['-a', '--pid', String(process.pid)]],
  ['routes', ['-r', ...captured]],
  ['interfaces', ['-ia', ...captured]],
  ['groups', ['-g', ...captured]],
  ['statistics', ['-sa', ...captured]],
] as const;

/** Standard output of the built program, which ends well. */
async function tsnetstat(...args: readonly string[]): Promise<string> {
  const { stdout, stderr, code } = await run([...program, ...args]);
  expect({ stderr, code }).toMatchObject({ code: 0 });
  return stdout.toString('utf8');
}

/** Standard output of a shell line in which `tsnetstat` is the built program. */
async function shell(line: string): Promise<string> {
  const named = `tsnetstat() { ${quotedProgram} "$@"; }`;
  const { stdout, stderr, code } = await run(['sh', '-c', `${named}; ${line}`]);
  // Even root may not look into every process of some machines.
  const complaint = stderr.toString().replace(/^tsnetstat: warning: the owners of .*\n/, '');
  expect({ complaint, code }).toEqual({ complaint: '', code: 0 });
  return stdout.toString('utf8');
}

const listening: Server[] = [];
const connected: Socket[] = [];

async function listen(host: string): Promise<number> {
  const server = createServer((socket) => connected.push(socket));
  listening.push(server);
  server.listen(0, host);
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

describe.skipIf(unmet)(`formats of the built program${because(unmet)}`, () => {
  let port = 0;
  let clientPort = 0;

  beforeAll(async () => {
    port = await listen('127.0.0.1');
    // Bound before it connects, its port is its own: others' may be used for several connections at a time.
    const client = connect({ port, host: '127.0.0.1', localAddress: '127.0.0.1' });
    connected.push(client);
    await once(client, 'connect');
    clientPort = client.localPort as number;
  });

  afterAll(() => {
    for (const socket of connected) socket.destroy();
    for (const server of listening) server.close();
  });

  describe.each(reports)('%s', (kind, flags) => {
    it('--json is a document that the schema describes', async () => {
      const document = JSON.parse(await tsnetstat(...flags, '-np', '--json'));
      expect(documentErrors(document)).toEqual([]);
      expect(document[kind].length).toBeGreaterThan(0);
    });

    it('--format ndjson has the same rows, a line each', async () => {
      const text = await tsnetstat(...flags, '-n', '--format', 'ndjson');
      const lines = text
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line));
      for (const line of lines) expect(lineErrors(line)).toEqual([]);
      expect(new Set(lines.map((line) => line.report))).toEqual(new Set([kind]));
    });

    it('--format csv is read by a CSV parser, as many cells in each row', async () => {
      const records = parse(await tsnetstat(...flags, '-np', '--format', 'csv'), { columns: true });
      expect(records.length).toBeGreaterThan(0);
    });

    it('--format table is boxed, without colour in a pipe', async () => {
      const text = await tsnetstat(...flags, '-n', '--format', 'table');
      for (const line of text.trimEnd().split('\n')) expect(line).toMatch(/^[┌│├└].*[┐│┤┘]$/);
      expect(text).not.toContain('\u001b');
      expect(await tsnetstat(...flags, '-n', '--format', 'table', '--color=always')).toContain(
        '\u001b',
      );
    });

    it("netstat's layout has no colour in a pipe, whatever a CI has set for all that it runs", async () => {
      const quoted = [...flags, '-n'].map((word) => `'${word}'`).join(' ');
      expect(await shell(`FORCE_COLOR=3 tsnetstat ${quoted}`)).not.toContain('\u001b');
    });
  });

  describe('--peers', () => {
    const ofClient = ['-tn', '--peers', '--local', `127.0.0.1`] as const;
    const one = () => [...ofClient, '--port', String(clientPort), 'dport', '=', `:${port}`];

    it('--json has it as the schema describes', async () => {
      const document = JSON.parse(await tsnetstat('--json', ...one()));
      expect(documentErrors(document)).toEqual([]);
      expect(document.sockets).toMatchObject([
        { local: { port: clientPort }, peer: { owners: [{ pid: process.pid }], noOwner: null } },
      ]);
      expect(document.sockets[0].peer.inode).not.toBe(document.sockets[0].inode);
    });

    it('--format ndjson, csv and table have it', async () => {
      const line = JSON.parse(await tsnetstat('--format', 'ndjson', ...one()));
      expect(lineErrors(line)).toEqual([]);
      expect(line.peer.owners[0].pid).toBe(process.pid);
      const [record] = parse(await tsnetstat('--format', 'csv', ...one()), { columns: true });
      expect(record).toMatchObject({ peerpid: String(process.pid), peernoowner: '' });
      const text = await tsnetstat('--format', 'table', ...one());
      expect(text).toContain('Peer PID');
      expect(text).toContain(` ${process.pid} `);
    });

    it('is a column, a sort key and a field of expressions without the flag', async () => {
      const columns = ['--columns', 'lport,peerpid', '--sort', 'peerpid,lport', '-H'];
      const mine = ['--port', String(port), `peerpid = ${process.pid} and peer = *`];
      const text = await tsnetstat('-tn', ...columns, ...mine);
      const rows = text
        .trimEnd()
        .split('\n')
        .map((row) => row.trim().split(/\s+/).map(Number));
      const ports = [port, clientPort].sort((a, b) => a - b);
      expect(rows).toEqual(ports.map((lport) => [lport, process.pid]));
    });
  });

  it.skipIf(withoutJq)(`jq finds who listens on a port${because(withoutJq)}`, async () => {
    const filter = `.sockets[] | select(.local.port == ${port}) | [.state, .owners[].pid] | @csv`;
    const line = `tsnetstat -tlnp --port ${port} --json | jq -r '${filter}'`;
    expect(await shell(line)).toBe(`"LISTEN",${process.pid}\n`);
  });

  it.skipIf(withoutJq)(
    `jq reads ndjson as it comes, round after round${because(withoutJq)}`,
    async () => {
      const line =
        `tsnetstat -tanc --interval 0.2 --port ${clientPort} --format ndjson` +
        ` | head -4 | jq -r '[.takenAt, .state, .local.port] | @tsv'`;
      const rows = (await shell(line)).trimEnd().split('\n');
      const cells = rows.map((row) => row.split('\t'));
      expect(cells.map(([, state]) => state)).toEqual(Array(4).fill('ESTABLISHED'));
      expect(new Set(cells.map(([takenAt]) => takenAt)).size).toBe(2);
      expect(new Set(cells.map(([, , local]) => Number(local)))).toEqual(
        new Set([port, clientPort]),
      );
    },
  );

  it.skipIf(withoutAwk)(
    `awk reads chosen columns in netstat’s manner${because(withoutAwk)}`,
    async () => {
      const line =
        `tsnetstat -tanp -H --columns state,lport,rport,pid --port ${clientPort}` +
        ` | awk '$1 == "ESTABLISHED" { print $2 "-" $3, $4 }' | sort`;
      const ends = [`${port}-${clientPort}`, `${clientPort}-${port}`];
      expect(await shell(line)).toBe(
        ends
          .map((both) => `${both} ${process.pid}\n`)
          .sort()
          .join(''),
      );
    },
  );

  it.skipIf(withoutAwk)(
    `awk reads CSV whose cells need no quotes${because(withoutAwk)}`,
    async () => {
      const line =
        `tsnetstat -tln --format csv --columns lport,state,local` +
        ` | awk -F, -v RS='\\r\\n' '$1 == ${port} { print $2, $3 }'`;
      expect(await shell(line)).toBe('LISTEN 127.0.0.1\n');
    },
  );

  it('a CSV parser finds both ends of a connection, with owners without -p', async () => {
    const args = ['-tan', '--port', String(clientPort), '--format', 'csv'];
    const columns = ['--columns', 'state,local,lport,rport,pid,command'];
    const records = parse(await tsnetstat(...args, ...columns), { columns: true }) as {
      [key: string]: string;
    }[];
    expect(records).toHaveLength(2);
    for (const record of records) {
      expect(record).toMatchObject({ state: 'ESTABLISHED', local: '127.0.0.1' });
      expect(record.pid).toBe(String(process.pid));
      expect(record.command).not.toBe('');
    }
  });

  it.skipIf(withoutShell)(
    `CSV has one header row in all rounds of -c${because(withoutShell)}`,
    async () => {
      const line = `tsnetstat -tanc --interval 0.2 --port ${clientPort} --format csv | head -5`;
      const rows = (await shell(line)).trimEnd().split('\r\n');
      expect(rows.map((row) => row.startsWith('proto,'))).toEqual([
        true,
        false,
        false,
        false,
        false,
      ]);
    },
  );

  it('all formats report the same sockets', async () => {
    const args = ['-tan', '--port', String(port)];
    const document = JSON.parse(await tsnetstat(...args, '--json'));
    const ports = document.sockets.map(({ local }: { local: { port: number } }) => local.port);
    const chosen = ['--columns', 'lport', '-H'];
    const csv = await tsnetstat(...args, ...chosen, '--format', 'csv');
    const plain = await tsnetstat(...args, ...chosen, '--format', 'netstat');
    const table = await tsnetstat(...args, ...chosen, '--format', 'table');
    const numbers = (text: string) => (text.match(/\d+/g) ?? []).map(Number);
    expect(ports.sort()).toEqual([port, port, clientPort].sort());
    for (const text of [csv, plain, table]) expect(numbers(text).sort()).toEqual(ports);
  });

  it.each([
    [
      'an unknown column',
      ['-tan', '--columns', 'lport,prot'],
      "--columns: sockets have no column 'prot'; did you mean proto?",
    ],
    [
      'a column of another report',
      ['-r', '--columns', 'lport'],
      "--columns: routes have no column 'lport'",
    ],
    ['columns of JSON', ['-tan', '--json', '--columns', 'lport'], '--columns'],
  ])('%s is refused before anything is printed', async (_, args, message) => {
    const { stdout, stderr, code } = await run([...program, ...args]);
    expect({ stdout: stdout.toString(), code }).toEqual({ stdout: '', code: 2 });
    expect(stderr).toContain(message);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  });
});
