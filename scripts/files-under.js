import { readdirSync } from 'node:fs';
import { join } from 'node:path';

/** The paths of all files under a folder, from that folder. Node 20.0.0 itself stops one folder down. */
export function filesUnder(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory()
      ? filesUnder(join(folder, entry.name)).map((file) => join(entry.name, file))
      : entry.name,
  );
}
