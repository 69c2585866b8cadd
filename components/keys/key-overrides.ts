// The keys that a user chose for bindings, as the setting `keys` has them.

/** By binding id. A key that no keyboard sends is left out, and so is what would leave a binding without any. */
export function keyOverrides(texts: Readonly<Record<string, string>>): ReadonlyMap<string, readonly string[]> {
  return new Map(
    Object.entries(texts).flatMap(([id, text]) => {
      // Those of views, aliases and plugins stand where these do.
      if (/^(view|alias|plugin)\./.test(id)) return [];
      const keys = text.split(/\s+/).filter(isKeyName);
      return keys.length === 0 ? [] : [[id, keys] as const];
    }),
  );
}

/** Keys that mean yes, go on or anything to a person in a hurry: what decides never gets one of them. */
export const tooEasy: ReadonlySet<string> = new Set(['enter', 'space', 'y', 'esc', 'tab', 'backspace']);

export function isKeyName(name: string): boolean {
  const base = name.replace(/^(ctrl-|alt-|shift-)+/, '');
  return named.has(base) || (base !== '' && [...new Intl.Segmenter().segment(base)].length === 1);
}

const named: ReadonlySet<string> = new Set([
  'enter', 'esc', 'tab', 'space', 'backspace', 'delete', 'insert', 'up', 'down', 'left', 'right', 'home', 'end', 'pgup', 'pgdn',
  ...Array.from({ length: 12 }, (_, index) => `f${index + 1}`),
]); // biome-ignore format: one table
