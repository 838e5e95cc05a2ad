/** The name of a key that is not a character. */
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

/** A key that is not a character, or a typed character. */
type Key =
  | { readonly kind: 'key'; readonly name: KeyName }
  | { readonly kind: 'text'; readonly text: string };

/** An input event from the terminal. */
export type Press =
  | Key
  /** Escape and another key at once, or that key with Alt: terminals send the same. */
  | { readonly kind: 'escaped'; readonly key: Key }
  /** Pasted text: its characters do not act as keys. */
  | { readonly kind: 'paste'; readonly text: string }
  | { readonly kind: 'wheel'; readonly by: 1 | -1 }
  /** The left button, on a cell counted from 0. */
  | { readonly kind: 'click'; readonly column: number; readonly row: number };

/** Parses terminal input, however it is split, into presses. */
export interface InputReader {
  read(text: string): readonly Press[];
  /** The start of a sequence has arrived, which may also be the Escape key. */
  readonly isWaiting: boolean;
  /** Call if nothing followed: then it was the key. */
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

/** What xterm, VT220 and rxvt send after `ESC [` or `ESC O`; `M`: Enter of the keypad. */
const sequences: Readonly<Record<string, KeyName>> = {
  ...{ A: 'up', B: 'down', C: 'right', D: 'left', H: 'home', F: 'end', M: 'enter' },
  ...{ '1~': 'home', '3~': 'delete', '4~': 'end', '5~': 'pageup', '6~': 'pagedown' },
  ...{ '7~': 'home', '8~': 'end' },
};

const pasteBegin = '\x1b[200~';
const pasteEnd = '\x1b[201~';
/** The most characters taken from a paste; the rest is dropped. */
const longestPaste = 65_536;
/** If the end of a paste is lost, Ctrl-C on its own still works. */
const interrupt = '\x03';

/**
 * A complete sequence of ECMA-48: CSI with its parameters, or SS3 with one character; or another key with Alt; or the mouse
 * as terminals report it that do not know SGR: CSI M and three characters.
 */
const whole = /^\x1b(?:\[M.{3}|\[(?!M)[0-?]*[ -/]*[@-~]|O[ -~]|[^[O])/su;
const mouse = /^\x1b\[<(\d+);(\d+);(\d+)([Mm])$/;
const oldMouse = /^\x1b\[M(.)(.)(.)$/su;
/** What is added to each number of the old report. */
const oldMouseBase = 32;

/** A reader that keeps incomplete sequences. */
export function inputReader(): InputReader {
  let rest = '';
  /** Whether the rest of a paste is being dropped. */
  let isSkipping = false;

  function skip(): void {
    const end = rest.indexOf(pasteEnd);
    isSkipping = end < 0;
    // The end mark may arrive in pieces.
    rest = end < 0 ? rest.slice(1 - pasteEnd.length) : rest.slice(end + pasteEnd.length);
  }

  function next(): Press | 'nothing' | null {
    if (isSkipping) skip();
    if (rest === '' || isSkipping) return null;
    const [first = ''] = rest;
    if (first !== '\x1b') {
      rest = rest.slice(first.length);
      return keyFor(first) ?? 'nothing';
    }
    if (rest.startsWith(pasteBegin)) {
      const end = rest.indexOf(pasteEnd);
      if (end < 0 && rest.length < longestPaste) return null;
      const text = rest.slice(pasteBegin.length, end < 0 ? rest.length : end);
      skip();
      return { kind: 'paste', text: text.slice(0, longestPaste) };
    }
    // Escape twice is the key twice.
    if (rest.startsWith('\x1b\x1b')) {
      rest = rest.slice(1);
      return { kind: 'key', name: 'escape' };
    }
    const sequence = whole.exec(rest)?.[0];
    if (sequence === undefined) {
      // No sequence is this long: the input is not from a terminal.
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

/** The key that sends a character; null: it has no meaning. */
function keyFor(character: string): Key | null {
  const name = controls[character];
  if (name !== undefined) return { kind: 'key', name };
  return character < ' ' || (character >= '\x7f' && character <= '\x9f')
    ? null
    : { kind: 'text', text: character };
}

function pressOf(sequence: string): Press | null {
  if (!/^\x1b[[O]/.test(sequence)) {
    const key = keyFor(sequence.slice(1));
    return key && { kind: 'escaped', key };
  }
  const [, button, column, row, end] = mouse.exec(sequence) ?? [];
  if (button !== undefined) {
    return mousePress(Number(button), Number(column), Number(row), end === 'M');
  }
  const [, ...old] = oldMouse.exec(sequence) ?? [];
  if (old.length > 0) {
    const [number = 0, x = 0, y = 0] = old.map((one) => (one.codePointAt(0) ?? 0) - oldMouseBase);
    // A cell beyond the 95th is no character of UTF-8.
    return [x, y].every((at) => at > 0 && at <= 95) ? mousePress(number, x, y, true) : null;
  }
  const body = sequence.slice(2);
  // Shift, Alt and Ctrl are sent as an extra parameter: `1;5A`.
  const bare = body.replace(/^1;\d+(?=[A-Z]$)/, '').replace(/;\d+~$/, '~');
  const name = sequences[bare];
  return name === undefined ? null : { kind: 'key', name };
}

/** `button`: as xterm counts them, with 3 for a release in the old report; cells are counted from 1. */
function mousePress(button: number, column: number, row: number, isPressed: boolean): Press | null {
  if (button === 64 || button === 65) return { kind: 'wheel', by: button === 64 ? -1 : 1 };
  return button === 0 && isPressed ? { kind: 'click', column: column - 1, row: row - 1 } : null;
}
