/** A key, by name where it is no character. */
export type KeyName =
  | 'up'
  | 'down'
  | 'left'
  | 'right'
  | 'pageup'
  | 'pagedown'
  | 'home'
  | 'end'
  | 'enter'
  | 'escape'
  | 'tab'
  | 'backspace'
  | 'delete'
  | 'ctrl-a'
  | 'ctrl-c'
  | 'ctrl-d'
  | 'ctrl-e'
  | 'ctrl-k'
  | 'ctrl-l'
  | 'ctrl-u'
  | 'ctrl-w'
  | 'ctrl-z';

/** What a terminal tells of the person before it. */
export type Press =
  | { readonly kind: 'key'; readonly name: KeyName }
  /** A character that was typed. */
  | { readonly kind: 'text'; readonly text: string }
  /** A text that was pasted whole: no key of it is one. */
  | { readonly kind: 'paste'; readonly text: string }
  | { readonly kind: 'wheel'; readonly by: 1 | -1 }
  /** The left button, on a cell counted from 0. */
  | { readonly kind: 'click'; readonly column: number; readonly row: number };

/** Makes presses of what comes from a terminal, in whatever pieces it comes. */
export interface InputReader {
  read(text: string): readonly Press[];
  /** Something is begun that may be the Escape key, or the head of a sequence that is under way. */
  readonly isWaiting: boolean;
  /** Nothing came behind it: it was the key. */
  flush(): readonly Press[];
}

const controls: Readonly<Record<string, KeyName>> = {
  '\r': 'enter',
  '\n': 'enter',
  '\t': 'tab',
  '\x7f': 'backspace',
  '\b': 'backspace',
  '\x01': 'ctrl-a',
  '\x03': 'ctrl-c',
  '\x04': 'ctrl-d',
  '\x05': 'ctrl-e',
  '\x0b': 'ctrl-k',
  '\x0c': 'ctrl-l',
  '\x15': 'ctrl-u',
  '\x17': 'ctrl-w',
  '\x1a': 'ctrl-z',
};

/** What xterm, VT220 and rxvt send, behind `ESC [` or `ESC O`. */
const sequences: Readonly<Record<string, KeyName>> = {
  ...{ A: 'up', B: 'down', C: 'right', D: 'left', H: 'home', F: 'end', M: 'enter' },
  ...{ '1~': 'home', '3~': 'delete', '4~': 'end', '5~': 'pageup', '6~': 'pagedown' },
  ...{ '7~': 'home', '8~': 'end' },
};

const pasteBegin = '\x1b[200~';
const pasteEnd = '\x1b[201~';
/** Of a paste so much is taken; the rest of it is no key either. */
const longestPaste = 65_536;
/** Where the end of a paste is lost, Ctrl-C by itself still is the key. */
const interrupt = '\x03';

/** A whole sequence of ECMA-48: CSI with its parameters, SS3 with one character; or another key with Alt. */
const whole = /^\x1b(?:\[[0-?]*[ -/]*[@-~]|O[ -~]|[^[O])/su;
const mouse = /^\x1b\[<(\d+);(\d+);(\d+)([Mm])$/;

/** A reader that remembers what is begun. */
export function inputReader(): InputReader {
  let rest = '';
  /** What comes is of a paste of which enough was taken. */
  let isSkipping = false;

  function skip(): void {
    const end = rest.indexOf(pasteEnd);
    isSkipping = end < 0;
    // The mark may come in pieces.
    rest = end < 0 ? rest.slice(1 - pasteEnd.length) : rest.slice(end + pasteEnd.length);
  }

  function next(): Press | 'nothing' | null {
    if (isSkipping) skip();
    if (rest === '' || isSkipping) return null;
    const [first = ''] = rest;
    if (first !== '\x1b') {
      rest = rest.slice(first.length);
      const name = controls[first];
      if (name !== undefined) return { kind: 'key', name };
      return first < ' ' || (first >= '\x7f' && first <= '\x9f')
        ? 'nothing'
        : { kind: 'text', text: first };
    }
    if (rest.startsWith(pasteBegin)) {
      const end = rest.indexOf(pasteEnd);
      if (end < 0 && rest.length < longestPaste) return null;
      const text = rest.slice(pasteBegin.length, end < 0 ? rest.length : end);
      skip();
      return { kind: 'paste', text: text.slice(0, longestPaste) };
    }
    // Escape twice is twice the key.
    if (rest.startsWith('\x1b\x1b')) {
      rest = rest.slice(1);
      return { kind: 'key', name: 'escape' };
    }
    const sequence = whole.exec(rest)?.[0];
    if (sequence === undefined) {
      // No sequence is so long: whoever sends this is no terminal.
      if (rest.length > 64) rest = '';
      return null;
    }
    rest = rest.slice(sequence.length);
    return pressOf(sequence) ?? 'nothing';
  }

  return {
    read(text) {
      if (text === interrupt && (isSkipping || rest.startsWith(pasteBegin))) {
        rest = '';
        isSkipping = false;
      }
      rest += text;
      const presses: Press[] = [];
      for (let press = next(); press !== null; press = next()) {
        if (press !== 'nothing') presses.push(press);
      }
      return presses;
    },
    get isWaiting() {
      return rest !== '' && !isSkipping && !rest.startsWith(pasteBegin);
    },
    flush() {
      if (isSkipping) return [];
      const isKey = rest === '\x1b';
      if (!rest.startsWith(pasteBegin)) rest = '';
      return isKey ? [{ kind: 'key', name: 'escape' }] : [];
    },
  };
}

function pressOf(sequence: string): Press | null {
  const [, button, column, row, end] = mouse.exec(sequence) ?? [];
  if (button !== undefined) {
    const number = Number(button);
    if (number === 64 || number === 65) return { kind: 'wheel', by: number === 64 ? -1 : 1 };
    const isPressed = number === 0 && end === 'M';
    return isPressed ? { kind: 'click', column: Number(column) - 1, row: Number(row) - 1 } : null;
  }
  const body = sequence.slice(2);
  // Shift, Alt and Ctrl come as a further parameter: `1;5A`.
  const bare = body.replace(/^1;\d+(?=[A-Z]$)/, '').replace(/;\d+~$/, '~');
  const name = sequences[bare];
  return name === undefined ? null : { kind: 'key', name };
}
