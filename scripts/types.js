// Builds the types of the library: dist/library.d.ts, one file from src/library.ts.
import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { filesUnder } from './files-under.js';

/** A relative import or export in a declaration file, up to the extension, which the compiler keeps. */
const relativeImport = /(\b(?:from|import)\s*\(?\s*['"]\.\.?\/[^'"]+)\.ts(?=['"])/g;

/**
 * The compiler writes a declaration file for each source, with imports such as `./model/socket.ts` unchanged; API
 * Extractor joins those that the library needs into one.
 */
export function writeTypes(root) {
  const folder = join(root, 'dist/types');
  // Not bin/tsc: a module without an extension, which Node runs from 20.10 on.
  const compiler = join(root, 'node_modules/typescript/lib/tsc.js');
  execFileSync(process.execPath, [compiler, '-p', 'tsconfig.build.json'], {
    cwd: root,
    stdio: 'inherit',
  });
  for (const name of filesUnder(folder)) {
    if (!name.endsWith('.d.ts')) continue;
    const file = join(folder, name);
    writeFileSync(file, readFileSync(file, 'utf8').replace(relativeImport, '$1.js'));
  }
  rollUp(root, join(folder, 'library.d.ts'), join(root, 'dist/library.d.ts'));
  rmSync(folder, { recursive: true });
}

/** API Extractor uses a TypeScript of its own: the compiler in use has no API. */
function rollUp(root, entry, output) {
  const { Extractor, ExtractorConfig } = createRequire(import.meta.url)('@microsoft/api-extractor');
  const compilerOptions = {
    ...{ target: 'es2022', module: 'nodenext', moduleResolution: 'nodenext', strict: true },
    ...{ lib: ['es2022'], types: ['node'], skipLibCheck: true },
  };
  const config = ExtractorConfig.prepare({
    configObjectFullPath: undefined,
    packageJsonFullPath: join(root, 'package.json'),
    configObject: {
      projectFolder: root,
      mainEntryPointFilePath: entry,
      compiler: { overrideTsconfig: { compilerOptions, files: [entry] } },
      ...{ apiReport: { enabled: false }, docModel: { enabled: false } },
      tsdocMetadata: { enabled: false },
      dtsRollup: { enabled: true, untrimmedFilePath: output },
      messages: {
        compilerMessageReporting: { default: { logLevel: 'error' } },
        extractorMessageReporting: { default: { logLevel: 'none' } },
        tsdocMessageReporting: { default: { logLevel: 'none' } },
      },
    },
  });
  const failures = [];
  const result = Extractor.invoke(config, {
    localBuild: true,
    messageCallback(message) {
      message.handled = true;
      if (message.logLevel === 'error') failures.push(message.text);
    },
  });
  if (!result.succeeded) throw new Error(`types: ${failures.join('; ')}`);
}
