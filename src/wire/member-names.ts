// Names of members in both spellings. Apart from the schemas, so that reading a file of ours does not load a schema library.

/** Renames the members of one object, not of those inside it. Anything else is given back as it came. */
export function camelMembers(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const members = Object.entries(value);
  if (!members.some(([key]) => key.includes('_'))) return value;
  const renamed: Record<string, unknown> = Object.create(null);
  for (const [key, member] of members) {
    const name = camelCase(key);
    if (name === key || !(name in value)) renamed[name] = member;
  }
  return renamed;
}

export function camelCase(name: string): string {
  return name.replace(/_+([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}
