// Where the operator is and what lies over it: places with a way back, the selection, dialogs and short messages.

import type { ReactNode } from 'react';
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { ScreenId, Subject } from '../../commands/action.ts';
import type { ListState } from '../../src/state/list.ts';
import type { Printable } from '../../src/text/brand.ts';
import type { Tone } from '../theme.ts';

export type Place = { screen: ScreenId; of: string | null /** For the breadcrumbs. */; label?: Printable | undefined };

/** What the row under the cursor stands for: actions with this subject take `value` as their argument. */
export type Selection = { subject: Subject; value: string; label: Printable };

/** A marked row. One that the filter hides is still marked, and whoever acts on it is told. */
export type Mark = Selection & { isHidden: boolean };

export type Toast = { id: number; text: Printable; tone: Tone; since: number; until: number };

export type ShellState = {
  /** The way here, from the tab to the place that is shown. */
  trail: readonly Place[];
  last: readonly Place[] | null;
  /** Trails left behind and come back from, for `[` and `]`. */
  past: readonly (readonly Place[])[];
  future: readonly (readonly Place[])[];
  selection: Selection | null;
  marks: readonly Mark[];
  overlay: Overlay | null;
  toasts: readonly Toast[];
  mentioned: Toast | null;
};

/** What lies over the screen. One at a time; a dialog that opens another replaces it. */
export type Overlay =
  | { kind: 'help' }
  | { kind: 'palette'; text: string }
  | {
      kind: 'dialog';
      /** Rows at the bottom, with the screen above; without it the whole body. */
      rows?: number;
      render(props: OverlayProps): ReactNode;
    };
export type OverlayProps = { width: number; height: number; close(): void };

export type Shell = StoreApi<ShellState> & {
  /** Opens a screen: a tab starts a new trail, anything else goes one step in. */
  go(screen: ScreenId, of?: string | null, label?: Printable): void;
  /** A tab or palette entry: the trail starts over. */
  jump(screen: ScreenId, of?: string | null, label?: Printable): void;
  back(): boolean;
  /** `-`: where I was before. */
  toggleLast(): void;
  /** `[` and `]`. */
  walk(direction: -1 | 1): void;
  /** For one screen to show its filter, sort and cursor again when it comes back. */
  memory<Value>(key: string, initial: () => Value): Value;
  remember(key: string, value: unknown): void;
  /** What a list begins with when it is opened next (filter, sort, columns); at once where it is open already. */
  preset(list: string, state: Partial<ListState>): void;
  /** The state of a list that was opened, by its name. */
  list(name: string): StoreApi<ListState> | null;
  /** For the list itself, once. */
  takePreset(list: string): Partial<ListState>;
  select(selection: Selection | null): void;
  mark(marks: readonly Mark[]): void;
  open(overlay: Overlay): void;
  close(): void;
  /** A short message above the footer. Our words, with other people's made visible. */
  say(text: Printable, tone?: Tone): void;
  /** The latest of something that goes on: shown while nothing else is said. */
  mention(text: Printable): void;
  readonly place: Place;
};

export function createShell({ now = Date.now, start = 'overview' }: { now?: () => number; start?: ScreenId } = {}): Shell {
  const first: Place = { screen: start, of: null };
  const store = createStore<ShellState>(() => ({
    trail: [first],
    last: null,
    past: [],
    future: [],
    selection: null,
    marks: [],
    overlay: null,
    toasts: [],
    mentioned: null,
  }));
  const memories = new Map<string, unknown>();
  let toastId = 0;

  const move = (trail: readonly Place[]) => {
    const { trail: before, past } = store.getState();
    if (sameTrail(before, trail)) return;
    store.setState({ trail, last: before, past: [...past, before].slice(-50), future: [], selection: null, marks: [] });
  };
  const place = () => store.getState().trail.at(-1) ?? first;

  return {
    ...store,
    go(screen, of = null, label) {
      move([...store.getState().trail, { screen, of, label }]);
    },
    jump(screen, of = null, label) {
      move([{ screen, of, label }]);
    },
    back() {
      const { trail } = store.getState();
      if (trail.length < 2) return false;
      move(trail.slice(0, -1));
      return true;
    },
    toggleLast() {
      const { last } = store.getState();
      if (last) move(last);
    },
    walk(direction) {
      const { trail, past, future } = store.getState();
      const next = direction === -1 ? past.at(-1) : future.at(-1);
      if (!next) return;
      const changed =
        direction === -1
          ? { past: past.slice(0, -1), future: [...future, trail] }
          : { past: [...past, trail], future: future.slice(0, -1) };
      store.setState({ ...changed, trail: next, last: trail, selection: null, marks: [] });
    },
    memory<Value>(key: string, initial: () => Value) {
      if (!memories.has(key)) memories.set(key, initial());
      return memories.get(key) as Value;
    },
    remember(key, value) {
      memories.set(key, value);
    },
    preset(list, state) {
      const known = memories.get(`list:${list}`) as StoreApi<ListState> | undefined;
      if (known) known.setState({ ...state, filterBefore: null });
      else memories.set(`preset:${list}`, state);
    },
    list: (name) => (memories.get(`list:${name}`) as StoreApi<ListState> | undefined) ?? null,
    takePreset(list) {
      const preset = memories.get(`preset:${list}`) as Partial<ListState> | undefined;
      memories.delete(`preset:${list}`);
      return preset ?? {};
    },
    select(selection) {
      const before = store.getState().selection;
      if (before?.subject === selection?.subject && before?.value === selection?.value && before?.label === selection?.label)
        return;
      store.setState({ selection });
    },
    mark(marks) {
      const before = store.getState().marks;
      if (before.length === 0 && marks.length === 0) return;
      if (JSON.stringify(before) !== JSON.stringify(marks)) store.setState({ marks });
    },
    open(overlay) {
      store.setState({ overlay });
    },
    close() {
      store.setState({ overlay: null });
    },
    say(text, tone = 'info') {
      const toast = { id: ++toastId, text, tone, since: now(), until: now() + (tone === 'bad' ? 12_000 : 6_000) };
      store.setState(({ toasts }) => ({ toasts: [...toasts.filter(({ until }) => until > now()).slice(-2), toast] }));
    },
    mention(text) {
      store.setState({ mentioned: { id: ++toastId, text, tone: 'muted', since: now(), until: now() + 6_000 } });
    },
    get place() {
      return place();
    },
  };
}

function sameTrail(a: readonly Place[], b: readonly Place[]): boolean {
  return a.length === b.length && a.every((place, index) => place.screen === b[index]?.screen && place.of === b[index]?.of);
}
