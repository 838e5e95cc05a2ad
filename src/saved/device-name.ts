import { win32 } from 'node:path';

/**
 * Whether Windows keeps a file's name for a device, in any folder, whatever follows a dot or a colon ("Naming Files,
 * Paths, and Namespaces" of its documentation). Node would make a real file of it, which other programs can neither open
 * nor remove.
 */
export function isDeviceName(path: string, platform: NodeJS.Platform = process.platform): boolean {
  const [name = ''] = win32.basename(path).split(/[.:]/, 1);
  return platform === 'win32' && device.test(name.trimEnd());
}

const device = /^(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[1-9¹²³])$/i;
