/**
 * Who may import whom. Default is deny: a file that no room names, and an import that its room does
 * not list, fail `npm run lint`. ARCHITECTURE.md draws the same as a picture.
 *
 * A room is a folder or a file of src/ and lists what its files may import: rooms (their own is
 * always allowed), `node:*` for the system, `node:NAME` for one module of it, or a package's name.
 */
const rooms = {
  // What all stand on.
  'errors.ts': [],
  'host.ts': ['model/'],
  'model/': ['errors.ts'],
  'text/': ['model/', 'errors.ts'],

  'analysis/': ['model/'],
  'attributes/': ['text/', 'model/', 'errors.ts'],
  'select/': ['attributes/', 'text/', 'model/', 'errors.ts'],
  'explain/': ['text/', 'model/', 'errors.ts'],
  'options/': ['text/', 'model/', 'errors.ts', 'commander'],
  'resolve/': ['text/', 'model/', 'errors.ts', 'node:*'],
  'views/text/': ['attributes/', 'text/', 'model/', 'errors.ts', 'chalk', 'cli-table3'],

  // The interface of a source, the registry of platforms, and each platform by itself.
  'sources/source.ts': ['model/', 'errors.ts'],
  // What platforms share: making a source and its readings.
  'sources/reading.ts': ['sources/source.ts'],
  'sources/readers.ts': ['sources/reading.ts', 'sources/source.ts', 'model/'],
  'sources/owners-last.ts': ['sources/reading.ts', 'sources/source.ts', 'model/'],
  'sources/index.ts': [
    'sources/source.ts',
    'sources/linux/index.ts',
    'sources/darwin/index.ts',
    'sources/win32/index.ts',
    'model/',
    'errors.ts',
  ],
  // Calls into libraries of the system.
  'sources/native.ts': ['node:*'],
  'sources/linux/': [
    'sources/native.ts',
    'sources/source.ts',
    'sources/readers.ts',
    'sources/reading.ts',
    'text/',
    'model/',
    'errors.ts',
    'node:*',
  ],
  'sources/darwin/': [
    'sources/source.ts',
    'sources/readers.ts',
    'sources/owners-last.ts',
    'text/',
    'model/',
    'errors.ts',
    'node:*',
  ],
  'sources/win32/': [
    'sources/native.ts',
    'sources/source.ts',
    'sources/readers.ts',
    'sources/owners-last.ts',
    'text/',
    'model/',
    'errors.ts',
    'node:*',
  ],

  'pipeline/': [
    'sources/source.ts',
    'analysis/',
    'select/',
    'resolve/',
    'attributes/',
    'text/',
    'model/',
    'errors.ts',
  ],
  'commands/': [
    'pipeline/',
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
    'errors.ts',
    'host.ts',
  ],

  // The two edges: a process, and programs that import us.
  'cli.ts': [
    'commands/run.ts',
    'debug.ts',
    'text/',
    'errors.ts',
    'host.ts',
    'node:fs',
    'node:child_process',
  ],
  'debug.ts': ['text/', 'errors.ts', 'host.ts'],
  'library.ts': ['library/', 'text/', 'model/', 'errors.ts'],
  'library/': [
    'analysis/',
    'pipeline/',
    'sources/index.ts',
    'sources/source.ts',
    'select/',
    'options/default-listing.ts',
    'model/',
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
