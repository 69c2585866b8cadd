// The terminal, taken over and given back: raw input decoded into events, modes switched on and off, size, suspension.

import { PassThrough } from 'node:stream';
import type { InputEvent } from '../keys/key-press.ts';
import { createInputDecoder } from './decode-input.ts';
import { type Mode, modes, speaksKitty } from './modes.ts';

export type TerminalStreams = { stdin: NodeJS.ReadStream; stdout: NodeJS.WriteStream };

export type Terminal = {
  /** What Ink gets for its input: a terminal on which nobody types. Keys come from `onInput` alone. */
  readonly silentInput: NodeJS.ReadStream;
  readonly stdout: NodeJS.WriteStream;
  size(): { columns: number; rows: number };
  onResize(listener: () => void): () => void;
  onInput(listener: (event: InputEvent) => void): void;
  setMouse(isOn: boolean): void;
  write(sequence: string): void;
  /** False while somebody else has it, and after the end. */
  readonly isOpen: boolean;
  /** Gives the terminal to somebody else (an editor, the shell behind Ctrl-Z); `resume` takes it back. */
  release(): void;
  resume(): void;
  /** As it was before. Safe to call twice, and from an exit handler. */
  close(): void;
};

export type TerminalOptions = TerminalStreams & {
  env: Readonly<Record<string, string | undefined>>;
  now?: () => number;
  mouse?: boolean;
};

export function openTerminal({ stdin, stdout, env, now = Date.now, mouse = false }: TerminalOptions): Terminal {
  const decoder = createInputDecoder();
  const on = new Set<Mode>(['alternateScreen', 'noCursor', 'noWrap', 'bracketedPaste', 'focusEvents']);
  if (mouse) on.add('mouse');
  if (speaksKitty(env)) on.add('kittyKeys');
  let listener: (event: InputEvent) => void = () => {};
  let escapeTimer: NodeJS.Timeout | null = null;
  let isOpen = false;

  const emit = (events: readonly InputEvent[]) => {
    for (const event of events) listener(event);
  };
  const read = (chunk: string) => {
    if (escapeTimer) clearTimeout(escapeTimer);
    escapeTimer = null;
    emit(decoder.push(chunk, now()));
    if (decoder.isWaiting) escapeTimer = setTimeout(() => emit(decoder.flush(now())), ESCAPE_PAUSE);
  };
  const write = (sequence: string) => {
    if (sequence !== '' && !stdout.destroyed && !stdout.writableEnded) stdout.write(sequence);
  };
  const enter = () => {
    isOpen = true;
    if (stdin.isTTY) stdin.setRawMode(true);
    stdin.setEncoding('utf8');
    stdin.on('data', read);
    stdin.resume();
    stdin.ref?.();
    write([...on].map((mode) => modes[mode].on).join(''));
  };
  const leave = () => {
    if (!isOpen) return;
    isOpen = false;
    if (escapeTimer) clearTimeout(escapeTimer);
    write(
      [...on]
        .reverse()
        .map((mode) => modes[mode].off)
        .join(''),
    );
    stdin.off('data', read);
    try {
      if (stdin.isTTY) stdin.setRawMode(false);
    } catch {
      // The terminal is gone (hang-up): there is nothing left to restore.
    }
    stdin.pause();
    stdin.unref?.();
  };

  enter();
  return {
    silentInput: silentInput(),
    stdout,
    size: () => ({ columns: stdout.columns || 80, rows: stdout.rows || 24 }),
    onResize(resized) {
      stdout.on('resize', resized);
      return () => stdout.off('resize', resized);
    },
    onInput(next) {
      listener = next;
    },
    setMouse(isOn) {
      if (isOn) on.add('mouse');
      else on.delete('mouse');
      write(isOn ? modes.mouse.on : modes.mouse.off);
    },
    write,
    get isOpen() {
      return isOpen;
    },
    release: leave,
    resume: enter,
    close: leave,
  };
}

/** A lone escape is the key once nothing followed for so long; a slow link sends a sequence in one piece or takes longer than this rarely. */
const ESCAPE_PAUSE = 40;

function silentInput(): NodeJS.ReadStream {
  const stream = new PassThrough() as unknown as NodeJS.ReadStream;
  return Object.assign(stream, { isTTY: true, setRawMode: () => stream, ref: () => stream, unref: () => stream });
}
