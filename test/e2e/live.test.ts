import {
  cpSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { type Action, keyMap } from '../../src/views/live/key-map.ts';
import { isExecutable, program } from '../support/program.ts';
import { because, reasonToSkip } from '../support/requirements.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { documentErrors } from '../views/text/support/schema.ts';
import { environment, root, tsnetstat } from './support/built-bin.ts';
import { type OnTerminal, onTerminal } from './support/terminal.ts';

const reason = reasonToSkip({ platforms: ['linux'], programs: ['/usr/bin/python3'] });

/** As it is written on the screen: the program runs in the project's folder. */
const server = 'fixtures/linux/busy-server';
const opened: OnTerminal[] = [];

afterEach(() => {
  for (const one of opened.splice(0)) one.kill();
});

/** What the screen shows and keys do is the program's own logic, which the package proves for an executable too. */
function ofPackage(title: string, body: () => Promise<void> | void): void {
  if (!isExecutable) test(title, body);
}

/** Of an executable only the first. */
const ofExecutable = isExecutable ? 1 : undefined;

interface Around {
  readonly rows?: number;
  readonly columns?: number;
  readonly env?: Readonly<Record<string, string>>;
  readonly procRoot?: string;
  readonly cwd?: string;
  readonly isBehind?: boolean;
}

function live(args: readonly string[], around: Around = {}): OnTerminal {
  const { rows = 24, columns = 100, env = {}, procRoot = server, cwd = root, isBehind } = around;
  const command = [...program, '--live', '--no-config', ...args, '--proc-root', procRoot];
  const settings = { TERM: 'xterm-256color', TZ: 'UTC', ...env };
  const one = onTerminal(command, { rows, columns, env: environment(settings), cwd, isBehind });
  opened.push(one);
  return one;
}

/** A copy of a capture whose tables a test may write anew. */
function copied(name: string): string {
  const folder = temporaryFolder('tsnetstat-live-');
  cpSync(join(root, 'fixtures/linux', name), folder, { recursive: true });
  return folder;
}

const title =
  '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n';

/** A line of /proc/net/tcp. */
function tcpLine(at: number, local: string, remote: string, state: string, inode: number): string {
  return `${String(at).padStart(4)}: ${local} ${remote} ${state} 00000000:00000000 00:00000000 00000000     0        0 ${inode} 1 0000000000000000 20 4 30 10 -1\n`;
}

const settled =
  /\n-.*\n {2}[^\n]*(?:Proto|Address|State)[^\n]*\n[+~ -] (?:tcp|udp|unix)[\s\S]*q quit/;

/** What a golden text cannot have: the time. */
function steady(text: string): string {
  return text.replace(/\d\d:\d\d:\d\d/g, 'HH:MM:SS');
}

describe.skipIf(reason !== null)(`--live on a terminal${because(reason)}`, () => {
  const screens = [
    ['80x24', 24, 80, ['-tuanp']],
    ['120x40', 40, 120, ['-tuanp']],
    ['40x10', 10, 40, ['-tuanp']],
    ['400x100', 100, 400, ['-anpeo']],
    ['unix-80x24', 24, 80, ['-xanp']],
  ] as const;
  test.each(screens.slice(0, ofExecutable))(
    'a screen of %s is as it was',
    async (name, rows, columns, args) => {
      const one = live(args, { rows, columns });
      await one.see(/\n {2}[^\n]*(?:tcp|unix|ESTABLISHED|LISTEN)[\s\S]*quit/);
      // From the second round on it stays so.
      await one.see(/\bin 0 B\/s/);
      await one.rest();
      await expect(`${steady(one.text())}\n`).toMatchFileSnapshot(`golden/live-${name}.txt`);
      one.type('q');
      expect(await one.ended()).toEqual({ code: 0, mode: 'cooked' });
    },
  );

  /** What each key of the table does: the keys typed, what is seen then, and what leads back. */
  const cases: Readonly<
    Record<Action, readonly (readonly [keys: string, seen: RegExp, back: string])[]>
  > = {
    up: [
      ['\x1b[B\x1b[B\x1b[A', /2\/229/, '\x1b[H'],
      ['jjk', /2\/229/, '\x1b[H'],
    ],
    down: [
      ['\x1b[B', /2\/229/, '\x1b[H'],
      ['\x1bOB', /2\/229/, '\x1b[H'],
      ['j', /2\/229/, '\x1b[H'],
    ],
    'page-down': [
      ['\x1b[6~', /20\/229/, '\x1b[H'],
      [' ', /20\/229/, '\x1b[H'],
    ],
    'page-up': [['\x1b[6~\x1b[6~\x1b[5~', /20\/229/, '\x1b[H']],
    last: [
      ['\x1b[F', /229\/229/, '\x1b[H'],
      ['G', /229\/229/, '\x1b[H'],
      ['\x1b[4~', /229\/229/, '\x1b[H'],
    ],
    first: [['Gk', /228\/229/, '\x1b[1~']],
    details: [['\r', /All details of the socket[\s\S]*Inode +629023/, '\x1b']],
    back: [
      ['\r', /All details of the socket/, '\x1b[D'],
      ['jj', /3\/229/, '\x1b'],
    ],
    filter: [['/dport = 6379\r', /\n\d sockets[\s\S]*dport = 6379/, '/\x15\r']],
    unfilter: [
      ['\x1b[3~', /no expression to remove/, '\x1b'],
      ['/dport = 6379\r\x1b[3~', /\n229 sockets[\s\S]*expression removed/, '\x1b'],
    ],
    sort: [['sr\r', /sort -recvq/, 's\x1b[H\r']],
    reverse: [
      ['S', /not sorted: s selects a sort key/, '\x1b'],
      ['sl\rS', /sort -src/, 's\x1b[H\r'],
    ],
    columns: [['c \r', /\n {2}Recv-Q/, 'c \r']],
    group: [
      ['g', /by program[\s\S]*Sockets[\s\S]*nginx: worker/, '\x1b'],
      ['ggggg', /by state[\s\S]*193[\s\S]*ESTABLISHED/, 'g'],
    ],
    tcp: [['t', /\n-ua /, 't']],
    udp: [['u', /\n-ta /, 'u']],
    raw: [['w', /\n-tuwa /, 'w']],
    unix: [['x', /\n-tuxa [\s\S]*RefCnt/, 'x']],
    listening: [['l', /\n-tul [\s\S]*LISTEN/, 'a']],
    all: [['a', /\n-tu [\s\S]*ESTABLISHED/, 'a']],
    names: [['n', /names[\s\S]*0\.0\.0\.0:(?:ssh|http)/, 'n']],
    pause: [['p', /paused/, 'p']],
    faster: [['-', /every 0\.5 s/, '+']],
    slower: [
      ['+', /every 2 s/, '-'],
      ['=', /every 2 s/, '-'],
    ],
    copy: [['y', /copied: tsnetstat -tlnp --proc-root .*'src = 127\.0\.0\.1:6379'/, '\x1b']],
    save: [],
    redraw: [['\x0c', settled, '']],
    suspend: [],
    help: [
      ['?', /one row up/, 'x'],
      ['h', /one row up/, 'x'],
    ],
    quit: [],
    interrupt: [],
  };

  ofPackage("the picture is of the program's screen", async () => {
    const { screenPicture } = (await import(join(root, 'scripts/readme-picture.js'))) as {
      screenPicture(screen: string, title: string): string;
    };
    const one = live(['-tanp'], { rows: 22, columns: 110, procRoot: 'fixtures/readme' });
    await one.see(settled);
    await one.rest();
    const bare = one.styled().replace(/\d\d:\d\d:\d\d/, '12:34:56');
    const screen = bare.replace('  in fixtures/readme', '');
    const title = 'tsnetstat --live: the sockets of a small server on a full screen';
    await expect(screenPicture(screen, title)).toMatchFileSnapshot('../../docs/live.svg');
  });

  ofPackage('every key has a case here, or a test of its own', () => {
    expect(Object.keys(cases).sort()).toEqual(keyMap.map(({ action }) => action).sort());
  });

  ofPackage('every key does what the help describes', async () => {
    const one = live(['-tuanp'], { columns: 160 });
    const begin =
      /every 1 s[\s\S]*\n-tua {2}in [\s\S]*\n {2}Proto Recv-Q Send-Q[\s\S]*q quit .* 1\/229/;
    await one.see(begin);
    for (const all of Object.values(cases)) {
      for (const [keys, seen, back] of all) {
        one.type(keys);
        await one.see(seen);
        one.type(back);
        await one.see(begin);
      }
    }
    one.type('\x03');
    expect(await one.ended()).toEqual({ code: 130, mode: 'cooked' });
  });

  test('the row that is chosen is copied as OSC 52', async () => {
    const one = live(['-tln']);
    await one.see(/127\.0\.0\.1:6379/);
    one.type('y');
    await one.see('copied:');
    const [, payload = ''] = /\x1b\]52;c;([\w+/=]+)\x07/.exec(one.written) ?? [];
    expect(Buffer.from(payload, 'base64').toString()).toBe(
      `tsnetstat -tlnp --proc-root ${server} 'src = 127.0.0.1:6379'`,
    );
  });

  ofPackage('the command line that is copied shows the row', () => {
    const { stdout, status } = tsnetstat([
      ...['-tanp', '--proc-root', server],
      'src = 192.0.2.10:443 and dst = 198.51.100.40:34655',
    ]);
    expect(status).toBe(0);
    expect(stdout.trimEnd().split('\n')).toHaveLength(3);
  });

  test('W saves what is asked, whole, and shows where; it reports a folder that is gone', async () => {
    const cwd = temporaryFolder('tsnetstat-live-');
    const one = live(['-tl'], { cwd, procRoot: join(root, server) });
    await one.see(settled);
    one.type('W');
    await one.see(/saved in tsnetstat-[-\dT]+\.json/);
    const [name = ''] = readdirSync(cwd);
    const saved = JSON.parse(readFileSync(join(cwd, name), 'utf8'));
    expect(documentErrors(saved)).toEqual([]);
    expect(saved.asked).toMatchObject({ protocols: ['tcp'], which: 'listening' });
    expect(saved.sockets.length).toBeGreaterThan(1);
    expect(statSync(join(cwd, name)).mode & 0o777).toBe(0o600);
    rmSync(cwd, { recursive: true });
    one.type('W');
    await one.see(/\.json: .*no such/i);
    one.type('q');
    expect(await one.ended()).toEqual({ code: 0, mode: 'cooked' });
  });

  ofPackage(
    'shows a mistake in an expression as it is typed, and Esc leaves everything as it was',
    async () => {
      const one = live(['-tan']);
      await one.see(settled);
      one.type('/dport = 443 and foo');
      await one.see("expected a condition, found 'foo'");
      expect(one.text()).toContain('/dport = 443 and foo');
      one.type('\r');
      await one.see("expected a condition, found 'foo'");
      one.type('\x15\x1b');
      await one.see(settled);
      expect(one.text()).not.toContain('dport');
    },
  );

  ofPackage('↑ brings back an expression that was taken, also one that was refused', async () => {
    const one = live(['-tan', 'dport', '=', '6379']);
    await one.see(settled);
    one.type('/\x15dport = 443\r');
    await one.see(/\n-ta {2}dport = 443 [\s\S]*no socket matches/);
    one.type('/\x15user = nobody-of-that-name\r');
    await one.see(/\n-ta {2}dport = 443 [\s\S]*nobody-of-that-name/);
    one.type('/\x1b[A');
    await one.see('/user = nobody-of-that-name');
    one.type('\x1b[A\x1b[A');
    await one.see(/\n\/dport = 6379\n.*↑ ↓ earlier ones/);
    one.type('\r');
    await one.see(/\n-ta {2}dport = 6379 /);
  });

  ofPackage('pasted text is no key', async () => {
    const one = live(['-tan']);
    await one.see(settled);
    one.type('\x1b[200~qqq\x1b[201~');
    one.type('/\x1b[200~dport = 443\nq\x1b[201~');
    await one.see('/dport = 443 q');
  });

  ofPackage('groups are sorted by what they show, and sockets keep their own order', async () => {
    const one = live(['-tuanp', '--sort', 'pid']);
    await one.see(settled);
    one.type('ggggg');
    await one.see(/\n {2}Sockets↓ [^\n]*State\n[^\n]*ESTABLISHED\n/);
    one.type('S');
    await one.see(/\n {2}Sockets↑ [^\n]*State\n(?![^\n]*ESTABLISHED)/);
    one.type('s');
    await one.see(/Sort by\n \* {2}Sockets [\s\S]*\n {4}State /);
    one.type('\x1b[F\r');
    await one.see(/\n {2}Sockets [^\n]*State↑\n[^\n]*CLOSE_WAIT\n/);
    one.type('S');
    await one.see(/State↓\n[^\n]*UNCONN\n/);
    one.type('g');
    await one.see(/sort pid/);
  });

  ofPackage('Esc leads from the sockets of a group back to the groups, as they were', async () => {
    const one = live(['-tuanp'], { columns: 120 });
    await one.see(settled);
    one.type('gggggj\r');
    await one.see(
      /\n12 sockets[^\n]*\n-tua {2}state close-wait [\s\S]*CLOSE_WAIT[\s\S]*\nEsc groups/,
    );
    one.type('g');
    await one.see(/state close-wait [^\n]* {2}by program\n[\s\S]*nginx/);
    one.type('\r');
    await one.see(/\( state close-wait \) and program = [^\n]*\n[\s\S]*\nEsc groups/);
    one.type('\x1b');
    await one.see(/state close-wait [^\n]* {2}by program\n[\s\S]*nginx/);
    one.type('\x1b');
    await one.see(/\nEsc groups/);
    one.type('\x1b');
    await one.see(/\n229 sockets[^\n]*\n-tua[^\n]*server {2}by state\n/);
    await one.rest();
    expect(one.styleAt(5, 5)).toContain('r');
    expect(one.text().split('\n')[5]).toMatch(/CLOSE_WAIT$/);
    expect(one.text()).not.toContain('Esc groups');
  });

  ofPackage('an expression brought back after Del is no group’s any more', async () => {
    const one = live(['-tuanp'], { columns: 120 });
    await one.see(settled);
    one.type('gggggj\r');
    await one.see(/-tua {2}state close-wait [\s\S]*\nEsc groups/);
    one.type('\x1b[3~');
    await one.see('expression removed');
    one.type('/\x1b[A\r');
    await one.see(/\n12 sockets[^\n]*\n-tua {2}state close-wait /);
    expect(one.text()).not.toContain('Esc groups');
    one.type('\x1bg');
    await one.see(/state close-wait [^\n]* {2}by program\n/);
  });

  ofPackage('the wheel scrolls and a click chooses a row', async () => {
    const one = live(['-tuanp']);
    await one.see(settled);
    one.type('\x1b[<65;10;10M\x1b[<65;10;10M');
    await one.see('7/229');
    one.type('\x1b[<64;10;10M');
    await one.see('4/229');
    one.type('\x1b[<0;10;7M\x1b[<0;10;7m');
    await one.see('3/229');
    expect(one.styleAt(6, 5)).toContain('r');
  });

  ofPackage('a click on a title sorts by it, and another one in reverse', async () => {
    const one = live(['-tuanp']);
    await one.see(settled);
    /** A click on this title, wherever it is now. */
    const click = (title: string) => {
      const lines = one.text().split('\n');
      const row = lines.findIndex((line) => line.includes(title));
      const column = (lines[row] ?? '').indexOf(title);
      one.type(`\x1b[<0;${column + 1};${row + 1}M\x1b[<0;${column + 1};${row + 1}m`);
    };
    click('Recv-Q');
    await one.see(/sort -recvq[\s\S]*Recv-Q↓/);
    click('Recv-Q');
    await one.see(/sort recvq[\s\S]*Recv-Q↑/);
    click('State');
    await one.see(/sort state[\s\S]*State↑/);
    one.type('ggggg');
    await one.see(/Sockets↓ .*State\n/);
    click('State');
    await one.see(/Sockets .*State↑\n[^\n]*CLOSE_WAIT\n/);
    one.type('g');
    await one.see(/sort state/);
  });

  test('new, changed and closed rows are marked, and the closed one disappears', async () => {
    const folder = copied('no-ipv6');
    // At once: nobody reads half of it.
    const write = (...lines: readonly string[]) => {
      writeFileSync(join(folder, 'net/next'), title + lines.join(''));
      renameSync(join(folder, 'net/next'), join(folder, 'net/tcp'));
    };
    const first = tcpLine(0, '0A00000A:01BB', '0B00000A:C001', '01', 501);
    const second = tcpLine(1, '0A00000A:01BB', '0B00000A:C002', '01', 502);
    write(first, second);
    const one = live(['-tn', '--interval', '0.2'], { procRoot: folder });
    await one.see(/10\.0\.0\.11:49154/);
    expect(one.text()).not.toMatch(/^[+~-] tcp/m);
    write(first, tcpLine(1, '0A00000A:01BB', '0B00000A:C003', '01', 503));
    await one.see(/^- tcp.*:49154[\s\S]*^\+ tcp.*:49155/m);
    write(
      tcpLine(0, '0A00000A:01BB', '0B00000A:C001', '08', 501),
      tcpLine(1, '0A00000A:01BB', '0B00000A:C003', '06', 0),
    );
    await one.see(/^~ tcp.*:49153 .*CLOSE_WAIT[\s\S]*^~ tcp.*:49155 .*TIME_WAIT/m);
    await one.seeNo(/:49154/);
    await one.seeNo(/^[+~-] tcp/m);
  });

  ofPackage('names that others chose reach the terminal safely', async () => {
    const one = live(['-xanp'], {
      procRoot: join(root, 'fixtures/linux/odd-names'),
      columns: 160,
    });
    await one.see(settled);
    one.type('\x1b[F\r');
    await one.see('All details of the socket');
    one.type('\x1b[F');
    await one.rest();
    const frames = one.written.slice(0, one.written.lastIndexOf('\x1b[?2026l'));
    const escapes = frames.replace(/\x1b\[\?[\d;]+[hl]|\x1b\[[\d;]*[HJKm]|\x18/g, '');
    expect(escapes).not.toMatch(/[\0-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/);
  });

  test.each([
    ['q', (one: OnTerminal) => one.type('q'), 0],
    ['Ctrl-C', (one: OnTerminal) => one.type('\x03'), 130],
    ['SIGINT', (one: OnTerminal) => one.order('kill SIGINT'), 130],
    ['SIGTERM', (one: OnTerminal) => one.order('kill SIGTERM'), 143],
    ['SIGHUP', (one: OnTerminal) => one.order('kill SIGHUP'), 129],
    ['SIGQUIT', (one: OnTerminal) => one.order('kill SIGQUIT'), 131],
    ['SIGUSR2', (one: OnTerminal) => one.order('kill SIGUSR2'), 140],
    ['SIGALRM', (one: OnTerminal) => one.order('kill SIGALRM'), 142],
    // Bun keeps it for itself.
    ...(isExecutable
      ? []
      : ([['SIGUSR1', (one: OnTerminal) => one.order('kill SIGUSR1'), 138]] as const)),
  ] as const)('%s gives the terminal back as it was', async (_name, end, code) => {
    const one = live(['-tuanp']);
    await one.see(settled);
    expect(one.isAlternate).toBe(true);
    end(one);
    expect(await one.ended()).toEqual({ code, mode: 'cooked' });
    expect(one.isAlternate).toBe(false);
    expect(one.text().trim()).toBe('');
    expect(one.modesOn.toSorted((a, b) => a - b)).toEqual([7, 25]);
  });

  test('a signal at any moment of the start leaves the terminal right', async () => {
    for (const delay of [0, 60, 120, 180, 240, 300]) {
      const one = live(['-tuanp']);
      await one.told(/^pid /);
      await new Promise((resolve) => setTimeout(resolve, delay));
      one.order('kill SIGTERM');
      const { code, mode } = await one.ended();
      expect([143, 128 + 15]).toContain(code);
      expect(mode).toBe('cooked');
      expect(one.isAlternate).toBe(false);
      expect(one.modesOn.filter((number) => number !== 7 && number !== 25)).toEqual([]);
    }
  });

  // An executable takes no --import.
  test.each(isExecutable ? [] : [[program]])(
    'a crash gives the terminal back and is reported there',
    async (command) => {
      // A signal that the program does not catch itself.
      const crash = `process.on('SIGIO', () => { throw new Error('made to fail'); })`;
      const env = { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(crash)}` };
      const asked = [...command, '--live', '--no-config', '-tan', '--proc-root', server];
      const settings = environment({ TERM: 'xterm', ...env });
      const one = onTerminal(asked, { env: settings });
      opened.push(one);
      await one.see(settled);
      one.order('kill SIGIO');
      const { code, mode } = await one.ended();
      expect([code, mode]).toEqual([2, 'cooked']);
      expect(one.isAlternate).toBe(false);
      expect(one.text()).toContain('made to fail');
    },
  );

  test('a terminal that goes away ends it', async () => {
    const one = live(['-tuanp']);
    await one.see(settled);
    one.order('hang');
    expect((await one.ended()).code).toBe(129);
  });

  test('a terminal that goes away right after SIGHUP ends it, as emulators close it', async () => {
    for (let times = 0; times < 10; times++) {
      const one = live(['-tuanp']);
      await one.see(settled);
      one.order('kill SIGHUP');
      one.order('hang');
      expect((await one.ended()).code).toBe(129);
    }
  });

  test('a terminal that goes away while W writes leaves a whole file or none', async () => {
    for (const delay of [0, 5, 10, 20, 30, 50]) {
      const cwd = temporaryFolder('tsnetstat-live-');
      const one = live(['-tua'], { cwd, procRoot: join(root, server) });
      await one.see(settled);
      one.type('W');
      await new Promise((resolve) => setTimeout(resolve, delay));
      one.order('hang');
      expect((await one.ended()).code).toBe(129);
      const left = readdirSync(cwd);
      expect(left.filter((name) => !name.endsWith('.json'))).toEqual([]);
      for (const name of left) JSON.parse(readFileSync(join(cwd, name), 'utf8'));
    }
  });

  test('Ctrl-Z stops it with the terminal as it was, and fg shows everything again', async () => {
    const one = live(['-tuanp']);
    await one.see(settled);
    one.type('\x1a');
    expect(await one.told(/^stopped/)).toBe('stopped cooked');
    await one.seeNo(settled);
    expect(one.isAlternate).toBe(false);
    one.order('fg');
    await one.see(settled);
    expect(one.isAlternate).toBe(true);
    one.type('j');
    await one.see('2/229');
    one.type('q');
    expect(await one.ended()).toEqual({ code: 0, mode: 'cooked' });
    expect(one.isAlternate).toBe(false);
  });

  describe('as a job in the background', () => {
    test.each([
      ['SIGTERM', 143],
      ['SIGHUP', 129],
    ])('%s ends it when a shell continues it after that', async (signal, code) => {
      for (const keys of ['\x1a', null]) {
        const one = live(['-tuanp'], { isBehind: keys === null });
        if (keys !== null) {
          await one.see(settled);
          one.type(keys);
        }
        expect(await one.told(/^stopped/)).toBe('stopped cooked');
        // As bash does.
        one.order(`kill ${signal}`);
        one.order('bg');
        expect(await one.ended()).toEqual({ code, mode: 'cooked' });
        expect(one.isAlternate).toBe(false);
      }
    });

    test('it stops until it has the terminal', async () => {
      const one = live(['-tuanp'], { isBehind: true });
      for (const times of [1, 2]) {
        await one.told(/^stopped cooked/, times);
        one.order('bg');
      }
      await one.told(/^stopped cooked/, 3);
      expect(one.written).toBe('');
      one.order('fg');
      await one.see(settled);
      one.type('q');
      expect(await one.ended()).toEqual({ code: 0, mode: 'cooked' });
    });
  });

  test.each(['\x1a', 'j\x1a', '?\x1a'])(
    "typed %j: nothing is drawn while the terminal is the shell's, and fg takes it over once",
    async (keys) => {
      const one = live(['-tuanp']);
      await one.see(settled);
      await one.rest();
      one.type(keys);
      await one.told(/^stopped/);
      one.order('fg');
      await one.see(/^tsnetstat/);
      await one.rest();
      const [taken, entered] = ['\x1b[?1049h', '\x1b[?1000h'] as const;
      const back = one.written.slice(one.written.lastIndexOf('\x1b[?1049l'));
      expect(back.slice('\x1b[?1049l'.length).startsWith(taken)).toBe(true);
      expect(back.split(taken)).toHaveLength(2);
      expect(back.split(entered)).toHaveLength(2);
      one.type('\x03');
      expect((await one.ended()).code).toBe(130);
      expect(one.isAlternate).toBe(false);
    },
  );

  test('a size that changes while it is stopped is taken when it goes on', async () => {
    const one = live(['-tuanp'], { rows: 12, columns: 50 });
    await one.see(/q quit/);
    one.type('\x1a');
    await one.told(/^stopped/);
    one.resize(20, 100);
    one.order('fg');
    await one.see(/^tsnetstat .*\n229 sockets(?:.*\n){18}.*q quit.*$/);
  });

  test('a storm of sizes ends in a whole screen of the last one', async () => {
    const one = live(['-tuanp']);
    await one.see(settled);
    for (let at = 0; at < 60; at++) one.resize(10 + ((at * 7) % 90), 40 + ((at * 53) % 360));
    one.resize(30, 110);
    // Frames of sizes before may still come, with fewer rows.
    const whole =
      /^tsnetstat .*\n229 sockets.*\n-tua.*\n {2}Proto.*\n(?: {2}(?:tcp|udp) .*\n){25}.*q quit.*$/;
    await one.see(whole);
    one.type('\x0c');
    await one.rest();
    expect(one.text()).toMatch(whole);
  });

  test('a window of an absurd size does not keep it from ending', async () => {
    const one = live(['-tuanp']);
    await one.see(settled);
    one.order('size 60000 60000');
    await one.see('tsnetstat');
    one.type('q');
    expect(await one.ended()).toEqual({ code: 0, mode: 'cooked' });
  });

  test('a slow line has the latest frame in the end, and q ends it at once where it is held up', async () => {
    const one = live(['-tuanp', '--interval', '0.1']);
    one.order('slow 200');
    await one.see(settled);
    one.type('G');
    await one.see('229/229');
    one.order('release');
    one.order('hold');
    one.type('j'.repeat(50));
    one.type('q');
    expect((await one.ended()).code).toBe(0);
  });

  test('100,000 sockets are shown, sorted and scrolled to their end', async () => {
    const folder = copied('no-ipv6');
    const lines = Array.from({ length: 100_000 }, (_, at) => {
      const port = (1024 + (at % 60_000)).toString(16).toUpperCase().padStart(4, '0');
      const host = Math.floor(at / 60_000);
      return tcpLine(at, '0A00000A:01BB', `0${host}00000A:${port}`, '01', 1000 + at);
    });
    writeFileSync(join(folder, 'net/tcp'), title + lines.join(''));
    const one = live(['-tn', '--sort', '-rport'], { procRoot: folder });
    await one.see(/100,000 sockets[\s\S]*10\.0\.0\.0:61023/);
    one.type('G');
    await one.see(/10\.0\.0\.\d:1024[\s\S]*100,000\/100,000/);
  });

  const looks = [
    ['256 colours', { TERM: 'xterm-256color' }, [], true],
    ['NO_COLOR', { NO_COLOR: '1' }, [], false],
    ['--color never', {}, ['--color', 'never'], false],
    ['16 colours', { TERM: 'xterm' }, [], true],
  ] as const;
  test.each(looks.slice(0, ofExecutable))('%s', async (_name, env, args, isColored) => {
    const one = live(['-tan', ...args], { env });
    await one.see(settled);
    const sets = [...one.written.matchAll(/\x1b\[([\d;]*)m/g)].flatMap(([, codes = '']) =>
      codes.split(';').map(Number),
    );
    expect(sets.some((code) => (code >= 30 && code <= 37) || code >= 90)).toBe(isColored);
    expect(sets.some((code) => code >= 40 && code <= 48)).toBe(false);
    expect(sets).toContain(7);
  });

  test('TERM=dumb is refused in one line', async () => {
    const one = live(['-tan'], { env: { TERM: 'dumb' }, columns: 200 });
    expect((await one.ended()).code).toBe(2);
    expect(one.text().trim()).toMatch(
      /^tsnetstat: --live needs a terminal \(TERM is dumb.*-c prints.*--follow prints[^\n]*$/,
    );
  });

  test('reports a filter that cannot be understood before the screen is taken', async () => {
    const one = live(['-tan', 'dport = nowhere-to-be-found'], { columns: 200 });
    expect((await one.ended()).code).toBe(2);
    expect(one.text()).toContain('filter expression, position 9');
    expect(one.written).not.toContain('\x1b[?1049h');
  });

  ofPackage('shows what is missing from the answer once, until a key is pressed', async () => {
    const one = live(['-tanp'], { procRoot: 'fixtures/linux/denied-processes', columns: 160 });
    await one.see(/\n[^\n]*process[^\n]*$/);
    one.type('j');
    await one.see(/q quit/);
  });

  ofPackage("shows that a key's request is impossible, and takes it back", async () => {
    const one = live(['-tan']);
    await one.see(settled);
    one.type('/user = nobody-of-that-name\r');
    await one.see(/nobody-of-that-name/);
    await one.see(/\n-ta {2}in /);
  });
});

test('without a terminal it is one line and exit code 2', () => {
  const { stdout, stderr, status } = tsnetstat(['--live', '--no-config']);
  expect([stdout, status]).toEqual(['', 2]);
  expect(stderr).toMatch(/^tsnetstat: --live needs a terminal \([^\n]*\n$/);
});
