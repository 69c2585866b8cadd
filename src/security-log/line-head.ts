// The beginning of a line that an AIM SDK wrote: time, category, type and severity, found without parsing the rest of it.
//
// The same few words come again and again. A value that is the one of the line before is not cut out of the text once more: that
// is most of the cost of a line, here and where it is counted.

/** Where the four stand in the text, and their values. Anything that is not written exactly so gives false, and must be parsed. */
export class LineHead {
  time = '';
  category = '';
  type = '';
  severity = '';
  /** To the minute, `2026-11-23T14:03`. */
  minute = '';
  /** Behind the severity: the members that follow stand from here on. */
  end = 0;
  #text = '';
  #timeAt = 0;
  #timeEnd = 0;
  #isEscaped = false;

  /** Reads the line that begins at `start`. Both SDKs write these members first, compact and in this order. */
  read(text: string, start: number, end: number): boolean {
    if (!text.startsWith(TIME, start)) return false;
    const timeAt = start + TIME.length;
    // With microseconds, or without a fraction when that is exactly zero. What came from a clock is in UTC: then times compare as text.
    const timeEnd = text.charCodeAt(timeAt + 32) === QUOTE ? timeAt + 32 : timeAt + 25;
    if (!text.startsWith(ID, timeEnd - ZONE) || timeEnd > end) return false;
    // A UUID has 36 characters; any other id is looked for.
    const idAt = timeEnd - ZONE + ID.length;
    const idEnd = text.charCodeAt(idAt + 36) === QUOTE ? idAt + 36 : text.indexOf('"', idAt);
    if (idEnd > end || !text.startsWith(CATEGORY, idEnd)) return false;
    const categoryAt = idEnd + CATEGORY.length;
    const category = valueAt(text, categoryAt, this.category);
    const categoryEnd = categoryAt + category.length;
    if (categoryEnd > end || !text.startsWith(TYPE, categoryEnd)) return false;
    const typeAt = categoryEnd + TYPE.length;
    const type = valueAt(text, typeAt, this.type);
    const typeEnd = typeAt + type.length;
    if (typeEnd > end || !text.startsWith(SEVERITY, typeEnd)) return false;
    const severityAt = typeEnd + SEVERITY.length;
    const severity = valueAt(text, severityAt, this.severity);
    this.end = severityAt + severity.length;
    this.#text = text;
    this.#timeAt = timeAt;
    this.#timeEnd = timeEnd;
    if (category !== this.category || type !== this.type || severity !== this.severity) {
      this.category = category;
      this.type = type;
      this.severity = severity;
      // An escape in a value means that the value is another one.
      this.#isEscaped = category.includes('\\') || type.includes('\\') || severity.includes('\\');
    }
    return this.end <= end && !this.#isEscaped;
  }

  /** Cuts out the time as well. */
  readTime(): void {
    this.time = this.#text.slice(this.#timeAt, this.#timeEnd);
    if (!this.#text.startsWith(this.minute, this.#timeAt) || this.minute === '') this.minute = this.time.slice(0, 16);
  }
}

export const beginsAsOurs = (text: string, start: number): boolean => text.startsWith(TIME, start);

/** The text up to the next quote: the one given, if it stands there. */
export function valueAt(text: string, at: number, last: string): string {
  if (last !== '' && text.charCodeAt(at + last.length) === QUOTE && text.startsWith(last, at)) return last;
  const end = text.indexOf('"', at);
  return end < 0 ? '' : text.slice(at, end);
}

const QUOTE = 0x22;
const TIME = '{"timestamp":"';
const ZONE = '+00:00'.length;
const ID = '+00:00","event_id":"';
const CATEGORY = '","category":"';
const TYPE = '","event_type":"';
const SEVERITY = '","severity":"';
