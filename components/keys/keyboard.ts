// Who gets the next key: the live layers of bindings, and what is told when a key means something that may not be.

import type { Printable } from '../../src/text/brand.ts';
import { tooEasy } from './key-overrides.ts';
import type { InputEvent, KeyPress } from './key-press.ts';
import { type Binding, type Layer, liveBindings, resolve } from './keymap.ts';

export type Keyboard = {
  /** Adds or replaces the layer of this id. */
  put(layer: Layer): void;
  take(id: string): void;
  dispatch(event: InputEvent): void;
  /** What can be used now, innermost first: footer and help are made from this. */
  live(): readonly Binding[];
  layers(): readonly Layer[];
  subscribe(listener: () => void): () => void;
  /** Grows with each change of the layers. */
  readonly version: number;
};

export type KeyboardOptions = {
  /** Told before a key is handled: the frame clock runs faster for a while. */
  onKey?(key: KeyPress): void;
  onDisabled?(binding: Binding, because: Printable): void;
  onRefused?(binding: Binding): void;
  /** A key that means nothing here. */
  onUnknown?(key: KeyPress): void;
  /** Told before a binding is run. */
  onRun?(binding: Binding): void;
  onMouse?(event: Extract<InputEvent, { kind: 'mouse' }>): void;
  onFocus?(gained: boolean): void;
  /** Keys that the user chose, by binding id. */
  overrides?: ReadonlyMap<string, readonly string[]>;
};

export function createKeyboard({
  onKey,
  onDisabled,
  onRefused,
  onUnknown,
  onRun,
  onMouse,
  onFocus,
  overrides,
}: KeyboardOptions = {}): Keyboard {
  const layers = new Map<string, Layer>();
  const listeners = new Set<() => void>();
  let version = 0;
  let live: readonly Binding[] | null = null;

  const changed = () => {
    version++;
    live = null;
    for (const listener of listeners) listener();
  };

  const press = (key: KeyPress) => {
    onKey?.(key);
    const resolution = resolve([...layers.values()], key);
    if (resolution.kind === 'run') {
      onRun?.(resolution.binding);
      resolution.binding.run(key);
    } else if (resolution.kind === 'disabled') onDisabled?.(resolution.binding, resolution.because);
    else if (resolution.kind === 'refused') onRefused?.(resolution.binding);
    else if (resolution.kind === 'none') onUnknown?.(key);
  };

  const paste = (text: string) => {
    // The innermost layer that takes text gets it. Without one, a paste does nothing: it never becomes keys.
    const taker = [...layers.values()].reverse().find((layer) => layer.paste);
    taker?.paste?.(text);
  };

  return {
    put(layer) {
      const mine = overrides ? withOverrides(layer, overrides) : layer;
      const before = layers.get(layer.id);
      layers.set(layer.id, mine);
      live = null;
      if (!before || !sameKeys(before, mine)) changed();
    },
    take(id) {
      if (layers.delete(id)) changed();
    },
    dispatch(event) {
      if (event.kind === 'key') press(event.key);
      else if (event.kind === 'paste') paste(event.text);
      else if (event.kind === 'mouse') onMouse?.(event);
      else if (event.kind === 'focus') onFocus?.(event.gained);
    },
    live() {
      live ??= liveBindings([...layers.values()]);
      return live;
    },
    layers: () => [...layers.values()],
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    get version() {
      return version;
    },
  };
}

function withOverrides(layer: Layer, overrides: ReadonlyMap<string, readonly string[]>): Layer {
  return {
    ...layer,
    bindings: layer.bindings.map((binding) => {
      const mine = overrides.get(binding.id)?.filter((key) => !(binding.decides && tooEasy.has(key))) ?? [];
      return mine.length === 0 ? binding : { ...binding, keys: mine };
    }),
  };
}

/** Whether footer and help would show the same for both: a new closure alone repaints nothing. */
function sameKeys(a: Layer, b: Layer): boolean {
  if (a.level !== b.level || a.modal !== b.modal || a.bindings.length !== b.bindings.length) return false;
  return a.bindings.every((binding, index) => {
    const other = b.bindings[index];
    return (
      binding.id === other?.id &&
      binding.label === other.label &&
      binding.disabled === other.disabled &&
      binding.footer === other.footer &&
      binding.keys.join(' ') === other.keys.join(' ')
    );
  });
}
