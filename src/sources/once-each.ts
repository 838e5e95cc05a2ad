import type { Warning } from '../model/report/snapshot.ts';
import type { WarningSink } from './source.ts';

/** A sink that passes on each text only once, for several readings or network namespaces. */
export function onceEach(sink: WarningSink): WarningSink {
  const said = new Set<string>();
  const isNew = (words: string) => {
    if (said.has(words)) return false;
    said.add(words);
    return true;
  };
  return {
    warn(warning: Warning) {
      if (isNew(`${warning.code} ${warning.message}`)) sink.warn(warning);
    },
    note(message) {
      if (isNew(message)) sink.note?.(message);
    },
  };
}
