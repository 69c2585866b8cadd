// A part of an id that stands for the whole, as git's do. Of UUIDs made one after the other the beginnings are alike and the ends differ.

/** What a narrow table shows of a UUID. */
export const SHOWN_OF_ID = 8;

/** Whether a person may mean an id of theirs by it: at least six of the signs of a UUID, and not all of one. */
export const isPartOfId = (text: string): boolean => /^[0-9a-f-]{6,35}$/i.test(text);

export const isUuid = (text: string): boolean => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text);

/** Those that have it as their end or their beginning; one that is it counts alone. */
export function idsWith<Item>(part: string, items: readonly Item[], idOf: (item: Item) => string | null): Item[] {
  const exact = items.filter((item) => idOf(item) === part);
  if (exact.length > 0) return exact;
  if (!isPartOfId(part)) return [];
  const wanted = part.toLowerCase();
  return items.filter((item) => {
    const id = idOf(item)?.toLowerCase() ?? '';
    return id.startsWith(wanted) || id.endsWith(wanted);
  });
}

/** The ends by which these ids can be told apart; each id as it is where not all are UUIDs. */
export function shortIds(ids: readonly string[]): (id: string) => string {
  if (!ids.every(isUuid)) return (id) => id;
  const different = new Set(ids);
  for (let length = SHOWN_OF_ID; length < 36; length++) {
    if (new Set([...different].map((id) => id.slice(-length))).size === different.size) return (id) => id.slice(-length);
  }
  return (id) => id;
}
