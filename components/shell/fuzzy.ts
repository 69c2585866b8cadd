// How well a few typed letters fit a name: the palette and the help find things by it.

/** Higher is better; null where a letter is missing. The beginnings of words and runs of letters count most. */
export function fuzzyScore(typed: string, name: string): number | null {
  const wanted = typed.toLowerCase().replace(/\s+/g, ' ').trim();
  const text = name.toLowerCase();
  if (wanted === '') return 0;
  const direct = text.indexOf(wanted);
  if (direct !== -1) return 1000 - direct * 2 - text.length / 100 + (direct === 0 || text[direct - 1] === ' ' ? 200 : 0);
  let score = 0;
  let at = -1;
  for (const letter of wanted) {
    if (letter === ' ') continue;
    const next = text.indexOf(letter, at + 1);
    if (next === -1) return null;
    score += next === at + 1 ? 8 : text[next - 1] === ' ' || next === 0 ? 6 : -Math.min(5, next - at);
    at = next;
  }
  return score;
}

export function fuzzySort<Item>(items: readonly Item[], typed: string, nameOf: (item: Item) => string): Item[] {
  return items
    .flatMap((item, order) => {
      const score = fuzzyScore(typed, nameOf(item));
      return score === null ? [] : [{ item, score, order }];
    })
    .sort((a, b) => b.score - a.score || a.order - b.order)
    .map(({ item }) => item);
}
