// Which binding a key means right now: layers of bindings, the innermost first. Pure, so that help and footer cannot lie.

import type { Printable } from '../../src/text/brand.ts';
import type { KeyPress } from './key-press.ts';

export type Binding = {
  /** Stable: `list.down`, `approval.approve`, `agents.suspend`. Key overrides and `aim ui --script` use it. */
  id: string;
  /** The first is the one that footer and help show. */
  keys: readonly string[];
  /** One or two words for the footer. */
  label: Printable;
  /** One sentence without full stop for the help. */
  summary: Printable;
  /** Place in the footer, 1 first. Without it the binding is in the help only. */
  footer?: number;
  /** Why it cannot be used now. It stays visible, with these words. */
  disabled?: Printable | null;
  /** It decides something: taken only from a key that came by itself and was not repeated. */
  decides?: boolean;
  run(key: KeyPress): void;
};

/** From outside in. A layer in front hides the same keys of the layers behind it; a modal one hides them all. */
export type Layer = {
  /** Unique among the live layers. */
  id: string;
  level: Level;
  bindings: readonly Binding[];
  /** Nothing reaches the levels behind it. */
  modal?: boolean;
  /** Takes typed text and editing keys before its bindings are looked at. Answers whether it used the key. */
  type?(key: KeyPress): boolean;
  paste?(text: string): void;
};

export const levels = ['global', 'screen', 'widget', 'overlay', 'always'] as const;
export type Level = (typeof levels)[number];

export type Resolution =
  | { kind: 'none' }
  | { kind: 'typed'; layer: Layer }
  | { kind: 'run'; binding: Binding }
  | { kind: 'disabled'; binding: Binding; because: Printable }
  /** A key that decides came with others, or was repeated. */
  | { kind: 'refused'; binding: Binding };

/** `layers` in any order. What `type` of a layer uses is used, so this calls it. */
export function resolve(layers: readonly Layer[], key: KeyPress): Resolution {
  for (const layer of reachable(layers)) {
    if (layer.type?.(key)) return { kind: 'typed', layer };
    const binding = layer.bindings.find((candidate) => candidate.keys.includes(key.name));
    if (!binding) continue;
    if (binding.disabled) return { kind: 'disabled', binding, because: binding.disabled };
    if (binding.decides && (!key.lone || key.repeat)) return { kind: 'refused', binding };
    return { kind: 'run', binding };
  }
  return { kind: 'none' };
}

/** The layers that a key can reach, innermost first. Later ones of the same level are in front. */
export function reachable(layers: readonly Layer[]): Layer[] {
  const rank = (layer: Layer) => levels.indexOf(layer.level);
  const inward = layers.map((layer, order) => ({ layer, order }));
  inward.sort((a, b) => rank(b.layer) - rank(a.layer) || b.order - a.order);
  const innermost = Math.max(-1, ...layers.filter(({ modal }) => modal).map(rank));
  return inward.filter(({ layer }) => rank(layer) >= innermost).map(({ layer }) => layer);
}

/** The bindings that a person can use now, each with the keys that still mean it, innermost first. */
export function liveBindings(layers: readonly Layer[]): Binding[] {
  const taken = new Set<string>();
  const live: Binding[] = [];
  for (const layer of reachable(layers)) {
    for (const binding of layer.bindings) {
      const keys = binding.keys.filter((key) => !taken.has(key));
      for (const key of keys) taken.add(key);
      if (keys.length > 0) live.push(keys.length === binding.keys.length ? binding : { ...binding, keys });
    }
  }
  return live;
}

/** How a key is written for people: `ctrl-s` as `^S`, `up` as `↑`. */
export function keyLabel(key: string, { ascii = false }: { ascii?: boolean } = {}): Printable {
  const arrow = ascii ? undefined : arrows[key];
  if (arrow) return arrow as Printable;
  const ctrl = /^ctrl-(.)$/.exec(key);
  return (ctrl?.[1] ? `^${ctrl[1].toUpperCase()}` : key) as Printable;
}

const arrows: Record<string, string> = { up: '↑', down: '↓', left: '←', right: '→', enter: '⏎' };
