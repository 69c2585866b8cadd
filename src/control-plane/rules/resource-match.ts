// Is one resource within another? The same, or below one that ends in `*`, without steps upwards.

export function liesWithin(resource: string, allowed: string): boolean {
  if (resource === allowed) return true;
  if (!allowed.endsWith('*')) return false;
  return resource.startsWith(allowed.slice(0, -1)) && !/(^|[/\\])\.\.([/\\]|$)/.test(resource);
}
