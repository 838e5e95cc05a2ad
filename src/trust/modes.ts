/** Windows has no such owners and modes; there the folders' permissions decide. */
export const hasOwners = process.platform !== 'win32';

/** Bits of a mode (inode(7)): writable by group or others; sticky: in such a folder only owners rename or remove. */
export const [groupWrites, othersWrite] = [0o020, 0o002];
const sticky = 0o1000;

/** The bits of those who besides a folder's owner can put another in the place of what is in it. */
export function replacersIn(folderMode: number): number {
  return (folderMode & sticky) === 0 ? folderMode & (groupWrites | othersWrite) : 0;
}
