/** The files that run as threads of their own, which find each other by their names in one folder (dist/). */
export const workers = [
  'src/sources/linux/files/read-worker.ts',
  'src/sources/linux/namespaces/netns-worker.ts',
  'src/sources/linux/owners/walk-worker.ts',
  'src/sources/linux/closings/closings-worker.ts',
];
