// A cell of CSV (RFC 4180) that no spreadsheet runs: one rule for lists, the audit log and security logs.

/** For text: what a spreadsheet would take for a formula gets an apostrophe before it (OWASP, CSV injection). */
export const csvText = (text: string): string => csvCell(FORMULA.test(text) ? `'${text}` : text);

/** For numbers and words of ours, which may begin with a minus. */
export const csvCell = (text: string): string => (/[",\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

// Also behind blanks, which spreadsheets skip, and in the full-width forms that they take for the same signs.
const FORMULA = /^\s*[=+\-@|%\uff1d\uff0b\uff0d\uff20]|^[\t\r\n]/;
