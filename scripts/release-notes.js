// Prints CHANGELOG.md's section on the version in package.json, for a release's page.
//   node scripts/release-notes.js TAG
// Fails where the tag, the version and the changelog do not agree.
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * The section of a version in a changelog after keepachangelog.com, without its title.
 * @throws if the tag is not the version's, or the changelog has nothing on it
 */
export function releaseNotes(changelog, version, tag) {
  if (tag !== `v${version}`) {
    throw new Error(`the tag is ${tag}, and package.json says ${version}: it must be v${version}`);
  }
  const sections = changelog.split(/^## /m).slice(1);
  const section = sections.find((text) => text.startsWith(`[${version}]`));
  const notes = section?.replace(/^[^\n]*\n/, '').trim();
  if (!notes) throw new Error(`CHANGELOG.md has no section [${version}] with anything in it`);
  return `${notes}\n`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const root = dirname(dirname(fileURLToPath(import.meta.url)));
  try {
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
    const changelog = readFileSync(join(root, 'CHANGELOG.md'), 'utf8');
    process.stdout.write(releaseNotes(changelog, version, process.argv[2] ?? '(none)'));
  } catch (error) {
    console.error(`release-notes: ${error.message}`);
    process.exitCode = 1;
  }
}
