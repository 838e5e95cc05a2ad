import { masked } from '../../text/sanitize.ts';
import type { Press } from './input.ts';
import type { Writing } from './state.ts';

/** The longest expression, in characters. */
export const longestWriting = 1000;

/** The line after a press; null: the press does not edit it. */
export function written({ text, at }: Writing, press: Press): Writing | null {
  if (press.kind === 'text' || press.kind === 'paste') {
    const more = masked(press.text.replace(/\s/g, ' '));
    const whole = text.slice(0, at) + more + text.slice(at);
    return whole.length > longestWriting ? { text, at } : { text: whole, at: at + more.length };
  }
  if (press.kind !== 'key') return null;
  const before = previous(text, at);
  const after = next(text, at);
  switch (press.name) {
    case 'left':
      return { text, at: before };
    case 'right':
      return { text, at: after };
    case 'home':
    case 'ctrl-a':
      return { text, at: 0 };
    case 'end':
    case 'ctrl-e':
      return { text, at: text.length };
    case 'backspace':
      return { text: text.slice(0, before) + text.slice(at), at: before };
    case 'delete':
    case 'ctrl-d':
      return { text: text.slice(0, at) + text.slice(after), at };
    case 'ctrl-u':
      return { text: text.slice(at), at: 0 };
    case 'ctrl-k':
      return { text: text.slice(0, at), at };
    case 'ctrl-w': {
      const from = text.slice(0, at).replace(/\S+\s*$/, '').length;
      return { text: text.slice(0, from) + text.slice(at), at: from };
    }
    default:
      return null;
  }
}

/** A character may take two UTF-16 units. */
function previous(text: string, at: number): number {
  return at - ([...text.slice(0, at)].at(-1)?.length ?? 0);
}

function next(text: string, at: number): number {
  return at + ([...text.slice(at)][0]?.length ?? 0);
}
