// The whole audit log out of a server that exports so many entries at a time, newest first. What is written meanwhile moves the pages.

type Page = (offset: number) => Promise<unknown>;

/** An entry may come twice: whoever checks the chain knows it again by its number. */
export async function wholeJson(page: Page): Promise<unknown> {
  const first = parsed(await page(0));
  const entries = first?.['entries'];
  if (!first || !Array.isArray(entries)) return first;
  for (let offset = entries.length, more = entries.length; more >= EXPORTED; offset += more) {
    const next = parsed(await page(offset));
    const found: unknown[] = Array.isArray(next?.['entries']) ? next['entries'] : [];
    for (const one of found) entries.push(one);
    if (Array.isArray(first['logs']) && Array.isArray(next?.['logs'])) for (const one of next['logs']) first['logs'].push(one);
    more = found.length;
  }
  return first;
}

/** One heading, and every record once. */
export async function wholeCsv(page: Page): Promise<string> {
  const records = new Set<string>();
  let heading = '';
  for (let offset = 0, more = EXPORTED; more >= EXPORTED; offset += more) {
    const [first = '', ...found] = csvRecords(String(await page(offset)));
    heading ||= first;
    for (const record of found) records.add(record);
    more = found.length;
  }
  return [heading, ...records, ''].join('\r\n');
}

/** Records as they are written: a line break within quotes ends none (RFC 4180). */
export function csvRecords(text: string): string[] {
  const records: string[] = [];
  let rest = '';
  let isOpen = false;
  for (const line of text.split('\n')) {
    rest += line;
    if ((line.split('"').length - 1) % 2 === 1) isOpen = !isOpen;
    if (isOpen) rest += '\n';
    else {
      const record = rest.replace(/\r$/, '');
      if (record !== '') records.push(record);
      rest = '';
    }
  }
  return rest === '' ? records : [...records, rest];
}

function parsed(body: unknown): Record<string, unknown> | null {
  const value: unknown = typeof body === 'string' ? JSON.parse(body) : body;
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null;
}

const EXPORTED = 10_000;
