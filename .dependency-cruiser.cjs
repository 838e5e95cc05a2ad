/**
 * Who may import whom. Default is deny: a file that no room names, and an import that its room does
 * not list, fail `npm run lint`. ARCHITECTURE.md says how to draw it.
 *
 * A room is a folder or a file of src/ and lists what its files may import: rooms (their own is
 * always allowed), `node:*` for the system, `node:NAME` for one module of it, or a package's name.
 */
const rooms = {
  // What all stand on.
  'errors.ts': [],
  'host.ts': ['flow/'],
  // Waiting, once only, turns, giving up, WebAssembly: nothing of sockets.
  'flow/': [],
  'flow/read-some.ts': ['flow/', 'node:fs'],
  // The model, from the ground up: what there is, what is told of it, what may be asked for.
  'model/protocol.ts': [],
  'model/add-to.ts': [],
  // What printing would change is quoted so that it does not.
  'model/shell-word.ts': ['text/sanitize.ts'],
  'model/writable.ts': [],
  'model/address/': [],
  'model/machine/': ['model/address/', 'model/protocol.ts'],
  'model/socket/': ['model/machine/', 'model/address/', 'model/protocol.ts', 'model/writable.ts'],
  'model/report/': ['model/socket/', 'model/machine/', 'model/protocol.ts'],
  'model/packed/': [
    'model/report/',
    'model/socket/',
    'model/address/',
    'model/protocol.ts',
    'model/writable.ts',
  ],
  'model/request/': [
    'model/packed/',
    'model/report/',
    'model/address/',
    'model/protocol.ts',
    'model/shell-word.ts',
  ],
  'text/': ['model/', 'flow/'],
  // What of this machine may be run or loaded, judged by who can write it.
  'trust/': ['version.ts', 'node:fs', 'node:path'],

  'analysis/': ['text/', 'model/'],
  // Labels are text that others control, and attributes say which of them are metrics.
  'analysis/metrics/': ['attributes/', 'text/', 'model/'],
  'attributes/': ['text/', 'model/', 'errors.ts'],
  'select/': ['attributes/', 'text/', 'model/', 'errors.ts'],
  'explain/': ['attributes/', 'text/', 'model/', 'errors.ts'],
  'options/': ['text/', 'model/', 'errors.ts', 'commander'],
  'resolve/': ['trust/', 'model/', 'flow/', 'errors.ts', 'node:*'],
  'views/metrics/': ['model/'],
  'views/live/': ['attributes/', 'text/', 'model/'],
  'views/text/': ['attributes/', 'text/', 'model/', 'flow/', 'chalk', 'cli-table3'],

  // The interface of a source, the registry of platforms, and each platform by itself.
  'sources/source.ts': ['model/', 'flow/'],
  // What platforms share: making a source and its readings.
  'sources/about-tables.ts': ['sources/source.ts', 'model/'],
  'sources/once-each.ts': ['sources/source.ts', 'model/'],
  'sources/reading.ts': ['sources/source.ts'],
  'sources/failed-machines.ts': ['model/', 'errors.ts'],
  'sources/readers.ts': ['sources/reading.ts', 'sources/source.ts', 'model/'],
  'sources/owners-last.ts': ['sources/reading.ts', 'sources/source.ts', 'model/', 'flow/'],
  'sources/index.ts': [
    'sources/source.ts',
    'sources/linux/index.ts',
    'sources/darwin/index.ts',
    'sources/win32/index.ts',
    'sources/remote/index.ts',
    'sources/machines/machines.ts',
    'sources/machines/machine-names.ts',
    'model/',
    'errors.ts',
  ],
  // Calls into libraries of the system.
  'sources/elf-file.ts': ['node:*'],
  'sources/native.ts': ['sources/elf-file.ts', 'trust/', 'flow/', 'node:*'],
  'sources/linux/': [
    'sources/native.ts',
    'sources/about-tables.ts',
    'sources/source.ts',
    'sources/once-each.ts',
    'sources/readers.ts',
    'sources/reading.ts',
    'trust/',
    'text/',
    'model/',
    'flow/',
    'errors.ts',
    'node:*',
  ],
  'sources/darwin/': [
    'sources/about-tables.ts',
    'sources/source.ts',
    'sources/readers.ts',
    'trust/',
    'text/',
    'model/',
    'flow/',
    'errors.ts',
    'node:*',
  ],
  'sources/win32/': [
    'sources/native.ts',
    'sources/about-tables.ts',
    'sources/source.ts',
    'sources/readers.ts',
    'sources/owners-last.ts',
    'model/',
    'flow/',
    'errors.ts',
  ],

  // Another machine over ssh: Linux's readers on what its files hold.
  'sources/remote/': [
    'sources/linux/received-source.ts',
    'sources/linux/proc-files.ts',
    'sources/linux/proc/received-proc.ts',
    'sources/linux/interfaces/sysfs.ts',
    'sources/linux/sockets/unavailable-facts.ts',
    'sources/linux/text.ts',
    'shapes/',
    'sources/source.ts',
    'sources/reading.ts',
    'trust/',
    'text/',
    'model/',
    'flow/',
    'errors.ts',
    'node:*',
  ],

  // Several sources, each of another machine, as one; it does not know how they are asked.
  'sources/machines/': [
    'sources/source.ts',
    'sources/failed-machines.ts',
    'sources/reading.ts',
    'text/',
    'model/',
    'flow/',
    'errors.ts',
    'node:fs',
  ],

  // Answers that were written by some tsnetstat, held against the model.
  'shapes/': ['model/'],
  // Answers in files: reading and writing them.
  'saved/': ['shapes/', 'text/', 'model/', 'flow/', 'errors.ts', 'node:*'],

  // HTTP: who may ask, what they would rather have, and within which bounds.
  'serving/': [
    'model/',
    'flow/',
    'errors.ts',
    'node:http',
    'node:net',
    'node:stream',
    'node:crypto',
    'node:zlib',
  ],

  'pipeline/': [
    'sources/source.ts',
    'sources/once-each.ts',
    'sources/failed-machines.ts',
    'analysis/',
    'select/',
    'resolve/',
    'attributes/',
    'text/',
    'model/',
    'flow/',
    'errors.ts',
  ],
  'commands/': [
    'pipeline/',
    'saved/',
    'serving/',
    'analysis/',
    'views/live/',
    'views/metrics/',
    'views/text/',
    'sources/index.ts',
    'sources/source.ts',
    'options/',
    'select/',
    'resolve/',
    'explain/',
    'attributes/',
    'text/',
    'model/',
    'flow/',
    'errors.ts',
    'host.ts',
  ],

  // The two edges: a process, and programs that import us.
  'cli.ts': [
    'commands/run.ts',
    'process/',
    'start/leaving.ts',
    'trust/',
    'flow/',
    'errors.ts',
    'host.ts',
    'version.ts',
    'node:child_process',
  ],
  // What the edge to the process is made of: its streams, signals, terminal and own files.
  'process/': ['model/machine/', 'flow/', 'text/', 'errors.ts', 'host.ts', 'node:*'],
  'process/reader-watch.ts': ['sources/linux/libc.ts'],
  'version.ts': ['node:fs'],
  'library.ts': ['library/', 'text/', 'model/', 'errors.ts'],
  // Listens for a moment.
  'library/trial.ts': ['node:dgram', 'node:net', 'node:os'],
  'library/': [
    'text/',
    'analysis/',
    'pipeline/',
    'views/metrics/',
    'sources/index.ts',
    'sources/source.ts',
    'select/',
    'resolve/lazy-resolver.ts',
    'options/default-listing.ts',
    'version.ts',
    'model/',
    'flow/',
    'errors.ts',
  ],

  // What bin/ runs: it finds the program as a file.
  'start/': ['node:*'],
};

/** A room as a pattern of paths: all of a folder, or one file. */
function pathOf(room) {
  const plain = room.replaceAll('.', '\\.');
  return room.endsWith('/') ? `^src/${plain}` : `^src/${plain}$`;
}

/** What an entry of a room's list allows. */
function target(entry) {
  if (entry === 'node:*') return { dependencyTypes: ['core'] };
  if (entry.startsWith('node:')) {
    return { dependencyTypes: ['core'], path: `^${entry.slice('node:'.length)}$` };
  }
  if (entry in rooms) return { path: pathOf(entry) };
  if (/\.ts$|\/$/.test(entry)) return { path: pathOf(entry) };
  return { path: `(^|/)node_modules/${entry}/` };
}

const allRooms = Object.keys(rooms).map(pathOf).join('|');

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  allowedSeverity: 'error',
  allowed: Object.entries(rooms).flatMap(([room, entries]) => [
    { from: { path: pathOf(room) }, to: { path: pathOf(room) } },
    ...entries.map((entry) => ({ from: { path: pathOf(room) }, to: target(entry) })),
  ]),
  forbidden: [
    {
      name: 'no-room',
      comment: 'A file that no room names: give it a line in the table of rooms.',
      severity: 'error',
      from: { pathNot: allRooms, path: '^src/' },
      to: {},
    },
    {
      name: 'no-room-orphan',
      comment: 'A file that no room names: give it a line in the table of rooms.',
      severity: 'error',
      from: { orphan: true, pathNot: allRooms, path: '^src/' },
      to: {},
    },
    {
      name: 'into-no-room',
      comment: 'An import of a file that no room names.',
      severity: 'error',
      from: {},
      to: { path: '^src/', pathNot: allRooms },
    },
    {
      name: 'circle',
      comment: 'Imports go downward only.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'unresolved',
      comment: 'An import that leads nowhere.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    // TypeScript's own compiler has no programming interface since version 7.
    parser: 'swc',
    // Types count: who speaks of a room's types depends on it.
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
  },
};
