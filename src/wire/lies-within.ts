// Is one resource within another, as it is written? To allow something, and to check offline that it was allowed.

/** The same, or below one that ends in `*`, without steps upwards. */
export function liesWithin(resource: string, allowed: string): boolean {
  if (resource === allowed) return true;
  if (!allowed.endsWith('*')) return false;
  return resource.startsWith(allowed.slice(0, -1)) && !/(^|[/\\])\.\.([/\\]|$)/.test(unescaped(resource));
}

/** Percent signs undone, however often they were put on. */
export function unescaped(text: string): string {
  try {
    const once = decodeURIComponent(text);
    return once === text ? text : unescaped(once);
  } catch {
    return text;
  }
}
