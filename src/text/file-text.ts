/**
 * The text of a file that a person or a shell wrote: UTF-8, or the UTF-16 that Windows PowerShell 5.1 writes when output is
 * redirected to a file; without the mark at its beginning.
 */
export function fileText(bytes: Buffer): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return bytes.toString('utf16le', 2);
  const hasMark = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
  return bytes.toString('utf8', hasMark ? 3 : 0);
}
