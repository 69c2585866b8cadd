// One press of one key, by the name that keymaps, actions and help use for it.

export type KeyPress = {
  /** The name: `a`, `S`, `enter`, `esc`, `up`, `pgdn`, `ctrl-s`, `alt-b`, `shift-tab`, `space`, `f1`. */
  name: string;
  /** What it types, or null where it types nothing. */
  text: string | null;
  /**
   * It came by itself: nothing else was in the same read. Keys that decide take only these, because what arrives together was
   * pasted, typed ahead, or held up by a slow link.
   */
  lone: boolean;
  /** The keyboard repeated it. Known only where the terminal tells (kitty protocol). */
  repeat: boolean;
  /** When it arrived, in milliseconds of the clock that the input was given. */
  at: number;
};

/** What a terminal sends that is no key. Replies are swallowed: nothing here asks for any. */
export type InputEvent =
  | { kind: 'key'; key: KeyPress }
  | { kind: 'paste'; text: string }
  | {
      kind: 'mouse';
      button: number;
      column: number;
      row: number;
      action: 'press' | 'release' | 'move' | 'wheel-up' | 'wheel-down';
    }
  | { kind: 'focus'; gained: boolean }
  | { kind: 'reply'; sequence: string };
