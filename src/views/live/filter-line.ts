import type { Listing } from '../../model/request/listing.ts';
import type { Press } from './input.ts';
import { recalled, recallFor, remembered } from './recall.ts';
import { filteredBy } from './selection.ts';
import type { FilterMode, LiveState, Mistake, Writing } from './state.ts';
import { longestWriting, written } from './writing.ts';

/** What is wrong with an expression; null: nothing. */
export type Check = (expression: string, asked: Listing) => Mistake | null;

/** The input line of an expression, which begins with the present one. */
export function filterLine({ asked, entered }: LiveState): FilterMode {
  const text = asked.query.filters.expression.join(' ');
  const writing = { text, at: text.length };
  return { kind: 'filter', writing, mistake: null, recall: recallFor(entered, text) };
}

/** The state after a press in that line. */
export function inFilterLine(
  state: LiveState,
  mode: FilterMode,
  press: Press,
  check: Check,
): LiveState {
  const { writing, recall } = mode;
  if (press.kind === 'key') {
    switch (press.name) {
      case 'escape':
        return { ...state, mode: { kind: 'table' } };
      case 'enter': {
        const { mistake } = checked(writing, state, check);
        return mistake === null
          ? { ...withExpression(state, writing.text.trim()), mode: { kind: 'table' } }
          : { ...state, mode: { ...mode, mistake } };
      }
      case 'up':
      case 'down': {
        const to = recalled(recall, writing.text, press.name === 'up' ? -1 : 1);
        const text = to?.lines[to.at];
        if (to === null || text === undefined) return state;
        const line = checked({ text, at: text.length }, state, check);
        return { ...state, mode: { ...mode, recall: to, ...line } };
      }
    }
  }
  const next = written(writing, press);
  if (next === null) return state;
  const isRefused = hasText(press) && next.text === writing.text;
  const line = isRefused ? { mistake: tooLong } : checked(next, state, check);
  return { ...state, mode: { ...mode, ...line } };
}

/** A line with its mistake; an empty one has none. */
function checked(writing: Writing, { asked }: LiveState, check: Check) {
  const isEmpty = writing.text.trim() === '';
  return { writing, mistake: isEmpty ? null : check(writing.text, asked) };
}

const tooLong: Mistake = {
  text: `not added: an expression can have at most ${longestWriting} characters here`,
  at: null,
};

function hasText(press: Press): boolean {
  return (press.kind === 'text' || press.kind === 'paste') && press.text !== '';
}

/**
 * The state with another expression, or none (`''`); it and the one before are remembered. An edited
 * expression is no group's: no way leads back from it, even if it becomes a group's again.
 */
export function withExpression(state: LiveState, text: string): LiveState {
  const before = state.asked.query.filters.expression.join(' ').trim();
  const entered = remembered(remembered(state.entered, before), text);
  const waysBack = text === before ? state.waysBack : [];
  return { ...filteredBy(state, text === '' ? [] : [text]), entered, waysBack };
}
