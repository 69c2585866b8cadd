// Bytes from a terminal become key presses, pastes, mouse and focus events; replies to queries never pass for typing.

import type { InputEvent, KeyPress } from '../keys/key-press.ts';
import { keyOfCsi, keyOfSs3, keyOfText } from './key-names.ts';

export type InputDecoder = {
  /** What this read held, as far as it is complete. */
  push(chunk: string, at: number): InputEvent[];
  /** What is left when nothing followed in time: an escape that began a sequence is the key itself. */
  flush(at: number): InputEvent[];
  readonly isWaiting: boolean;
};

export function createInputDecoder(): InputDecoder {
  let pending = '';
  let pasted: string | null = null;

  const decode = (at: number, isEnd: boolean): InputEvent[] => {
    const events: InputEvent[] = [];
    const press = (key: { name: string; text: string | null; repeat?: boolean } | null) => {
      if (key) events.push({ kind: 'key', key: { lone: false, repeat: false, ...key, at } });
    };
    while (pending !== '') {
      if (pasted !== null) {
        const end = pending.indexOf(PASTE_END);
        if (end === -1) {
          // The end marker may be cut in two by the read.
          const keep = isEnd ? 0 : beginningOf(PASTE_END, pending);
          pasted += pending.slice(0, pending.length - keep);
          pending = pending.slice(pending.length - keep);
          break;
        }
        events.push({ kind: 'paste', text: pasted + pending.slice(0, end) });
        pasted = null;
        pending = pending.slice(end + PASTE_END.length);
        continue;
      }
      if (pending[0] !== ESC) {
        const next = pending.indexOf(ESC);
        const text = next === -1 ? pending : pending.slice(0, next);
        pending = pending.slice(text.length);
        for (const { segment } of graphemes.segment(text)) press(keyOfText(segment));
        continue;
      }
      const sequence = sequenceAt(pending);
      if (sequence === 'incomplete') {
        if (!isEnd && pending.length < LONGEST) break;
        // Nothing followed: the escape was a key. What stood behind it was typed.
        const rest = pending.slice(1);
        if (rest === '' || pending.length < LONGEST) press({ name: 'esc', text: null });
        pending = pending.length < LONGEST ? rest : '';
        continue;
      }
      pending = pending.slice(sequence.text.length);
      if (sequence.text === PASTE_START) pasted = '';
      else if (sequence.kind === 'csi') push(events, csiEvent(sequence.text), press);
      else if (sequence.kind === 'ss3') press(keyOfSs3(sequence.text));
      else if (sequence.kind === 'string') events.push({ kind: 'reply', sequence: sequence.text });
      else if (sequence.kind === 'x10') events.push(x10Mouse(sequence.text));
      else if (sequence.kind === 'escape') press({ name: 'esc', text: null });
      else {
        const key = keyOfText(sequence.text.slice(1));
        press(key && { name: `alt-${key.name}`, text: null });
      }
    }
    return events;
  };

  return {
    push(chunk, at) {
      const wasWaiting = pending !== '' || pasted !== null;
      pending += chunk;
      const events = decode(at, false);
      const [only] = events;
      // A key that was cut in two by the read is still one key, but nobody can tell it from two writes: it does not decide.
      if (only?.kind === 'key' && events.length === 1 && !wasWaiting && pending === '') only.key.lone = true;
      return events;
    },
    flush(at) {
      const wasEscape = pending === ESC;
      const events = decode(at, true);
      const [only] = events;
      if (wasEscape && only?.kind === 'key') only.key.lone = true;
      return events;
    },
    get isWaiting() {
      return pending !== '' && pasted === null;
    },
  };
}

const ESC = '\u001b';
const PASTE_START = `${ESC}[200~`;
const PASTE_END = `${ESC}[201~`;
const LONGEST = 4096; // no reply of an honest terminal is longer; a hostile one must not make us keep everything

const graphemes = new Intl.Segmenter();

type Sequence = { kind: 'csi' | 'ss3' | 'string' | 'x10' | 'escape' | 'alt'; text: string };

const CSI = /^\u001b\[[0-?]*[ -/]*[@-~]/;
const STRING = /^\u001b[\]P_^X][^\u0007\u001b\u009c]*(?:\u0007|\u001b\\|\u009c)/;

function sequenceAt(input: string): Sequence | 'incomplete' {
  const second = input[1];
  if (second === undefined) return 'incomplete';
  if (second === ESC) return { kind: 'escape', text: ESC };
  if (second === '[') {
    if (input.startsWith(`${ESC}[M`)) return input.length < 6 ? 'incomplete' : { kind: 'x10', text: input.slice(0, 6) };
    // The Linux console sends F1 to F5 as CSI [ A to CSI [ E.
    if (input.startsWith(`${ESC}[[`)) return input.length < 4 ? 'incomplete' : { kind: 'csi', text: input.slice(0, 4) };
    const match = CSI.exec(input);
    if (match) return { kind: 'csi', text: match[0] };
    // A byte that no CSI may hold ends it: it was an escape and a bracket.
    return /^\u001b\[[ -?]*$/.test(input) ? 'incomplete' : { kind: 'alt', text: input.slice(0, 2) };
  }
  if (second === 'O') return input.length < 3 ? 'incomplete' : { kind: 'ss3', text: input.slice(0, 3) };
  if (']P_^X'.includes(second)) {
    const match = STRING.exec(input);
    if (match) return { kind: 'string', text: match[0] };
    return input.length > 2 ? 'incomplete' : 'incomplete';
  }
  const [first] = graphemes.segment(input.slice(1));
  return { kind: 'alt', text: ESC + (first?.segment ?? '') };
}

type Press = (key: { name: string; text: string | null; repeat?: boolean } | null) => void;

function push(events: InputEvent[], event: InputEvent | Pick<KeyPress, 'name' | 'text'> | null, press: Press): void {
  if (event === null) return;
  if ('kind' in event) events.push(event);
  else press(event);
}

function csiEvent(text: string): InputEvent | Pick<KeyPress, 'name' | 'text'> | null {
  if (text === `${ESC}[I` || text === `${ESC}[O`) return { kind: 'focus', gained: text.endsWith('I') };
  const mouse = /^\u001b\[<(\d+);(\d+);(\d+)([Mm])$/.exec(text);
  if (mouse) return sgrMouse(Number(mouse[1]), Number(mouse[2]), Number(mouse[3]), mouse[4] === 'm');
  const key = keyOfCsi(text);
  return key === 'none' ? null : (key ?? { kind: 'reply', sequence: text });
}

function sgrMouse(code: number, column: number, row: number, isRelease: boolean): InputEvent {
  const wheel = (code & 64) !== 0;
  const action = wheel
    ? (code & 1) === 0
      ? 'wheel-up'
      : 'wheel-down'
    : isRelease
      ? 'release'
      : (code & 32) !== 0
        ? 'move'
        : 'press';
  return { kind: 'mouse', button: code & 3, column: column - 1, row: row - 1, action };
}

function x10Mouse(text: string): InputEvent {
  const [code = 0, column = 0, row = 0] = [...text.slice(3)].map((character) => character.charCodeAt(0) - 32);
  return sgrMouse(code, column, row, (code & 3) === 3);
}

/** How many characters at the end of `text` begin `marker`. */
function beginningOf(marker: string, text: string): number {
  for (let length = Math.min(marker.length - 1, text.length); length > 0; length--) {
    if (text.endsWith(marker.slice(0, length))) return length;
  }
  return 0;
}
