// The beginning of a line that an AIM SDK wrote: time, category, type and severity, found without parsing the rest of it.

/** Where the four stand in the text, and their values. Anything that is not written exactly so gives false, and must be parsed. */
export class LineHead {
  time = '';
  category = '';
  type = '';
  severity = '';

  /** Reads the line that begins at `start`. Both SDKs write these members first, compact and in this order. */
  read(text: string, start: number, end: number): boolean {
    if (!text.startsWith(TIME, start)) return false;
    const timeAt = start + TIME.length;
    const timeEnd = text.indexOf('"', timeAt);
    // What came from a clock is in UTC: then times compare as text.
    if (timeEnd > end || timeEnd - timeAt < 25 || !text.startsWith('+00:00', timeEnd - 6) || !text.startsWith(ID, timeEnd))
      return false;
    const idEnd = text.indexOf('"', timeEnd + ID.length);
    if (idEnd > end || !text.startsWith(CATEGORY, idEnd)) return false;
    const categoryAt = idEnd + CATEGORY.length;
    const categoryEnd = text.indexOf('"', categoryAt);
    if (categoryEnd > end || !text.startsWith(TYPE, categoryEnd)) return false;
    const typeAt = categoryEnd + TYPE.length;
    const typeEnd = text.indexOf('"', typeAt);
    if (typeEnd > end || !text.startsWith(SEVERITY, typeEnd)) return false;
    const severityAt = typeEnd + SEVERITY.length;
    const severityEnd = text.indexOf('"', severityAt);
    if (severityEnd > end) return false;
    this.time = text.slice(timeAt, timeEnd);
    this.category = text.slice(categoryAt, categoryEnd);
    this.type = text.slice(typeAt, typeEnd);
    this.severity = text.slice(severityAt, severityEnd);
    // An escape in a value means that the value is another one.
    return !this.type.includes('\\') && !this.category.includes('\\') && !this.severity.includes('\\');
  }
}

/** A member that stands anywhere in the line, as it is written; null when absent, or when it holds an escape. */
export function memberText(text: string, start: number, end: number, key: string): string | null {
  const at = text.indexOf(key, start);
  if (at < 0 || at >= end) return null;
  const from = at + key.length;
  const value = text.slice(from, text.indexOf('"', from));
  return value.includes('\\') ? null : value;
}

const TIME = '{"timestamp":"';
const ID = '","event_id":"';
const CATEGORY = '","category":"';
const TYPE = '","event_type":"';
const SEVERITY = '","severity":"';
