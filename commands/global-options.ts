// The options that every verb takes. Plain data, so that finding the verb on the command line loads nothing else.

export type GlobalOption = {
  name: string;
  short?: string;
  /** The place of its value in the help; a switch has none. */
  value?: string;
  summary: string;
  group: 'Connection' | 'Output' | 'Interaction';
};

export const globalOptions = [
  { name: 'server', value: 'URL', summary: 'Talk to this server', group: 'Connection' },
  { name: 'profile', value: 'NAME', summary: 'Use the settings and sign-in of this profile', group: 'Connection' },
  { name: 'timeout', value: 'TIME', summary: 'Give up after this long, as 30s, 5m or 1h', group: 'Connection' },
  { name: 'retries', value: 'N', summary: 'Try a failed call again this often', group: 'Connection' },
  { name: 'proxy', value: 'URL', summary: 'Go through this proxy (default: HTTPS_PROXY, NO_PROXY)', group: 'Connection' },
  { name: 'cacert', value: 'FILE', summary: 'Trust the certificate authorities in this file as well', group: 'Connection' },
  { name: 'read-only', summary: 'Refuse every verb that changes something', group: 'Connection' },
  {
    name: 'json',
    value: 'FIELDS',
    summary: 'Print JSON: everything, or only the fields named, as --json=id,name',
    group: 'Output',
  },
  { name: 'output', short: 'o', value: 'FORMAT', summary: 'One of table, plain, json, ndjson, yaml, csv', group: 'Output' },
  { name: 'jq', value: 'EXPRESSION', summary: 'Print what a jq expression makes of the JSON', group: 'Output' },
  { name: 'template', value: 'TEXT', summary: 'Print a text with {{member}} in it, once for each item', group: 'Output' },
  { name: 'columns', value: 'NAMES', summary: 'Show these columns, in this order', group: 'Output' },
  { name: 'sort', value: 'COLUMN', summary: 'Sort by this column; -COLUMN for the other way round', group: 'Output' },
  { name: 'no-headers', summary: 'Leave out the line of titles', group: 'Output' },
  { name: 'no-trunc', summary: 'Never shorten a cell', group: 'Output' },
  { name: 'quiet', short: 'q', summary: 'Print ids only, and no notes', group: 'Output' },
  { name: 'color', value: 'WHEN', summary: 'One of auto, always, never', group: 'Output' },
  { name: 'no-color', summary: 'The same as --color never', group: 'Output' },
  { name: 'yes', short: 'y', summary: 'Answer yes where a verb asks before it changes something', group: 'Interaction' },
  { name: 'confirm', value: 'NAME', summary: 'The name of the thing, where a verb wants it typed', group: 'Interaction' },
  { name: 'dry-run', summary: 'Show what would change, and whether you may; change nothing', group: 'Interaction' },
  {
    name: 'if-match',
    value: 'VERSION',
    summary: 'Change it only if it is still this version: updatedAt of what --json showed',
    group: 'Interaction',
  },
  {
    name: 'idempotency-key',
    value: 'KEY',
    summary: 'Sent with a change; a second one with the same key changes nothing',
    group: 'Interaction',
  },
  { name: 'curl', summary: 'Print the call for curl instead of making it', group: 'Interaction' },
  { name: 'no-input', summary: 'Never ask; fail and say which option is missing', group: 'Interaction' },
] as const satisfies readonly GlobalOption[];

/** As they were given: `--no-input` is `input: false`. */
export type GlobalFlags = {
  server?: string;
  profile?: string;
  timeout?: string;
  retries?: string;
  proxy?: string;
  cacert?: string;
  readOnly?: boolean;
  json?: string;
  output?: string;
  jq?: string;
  template?: string;
  columns?: string;
  sort?: string;
  headers?: boolean;
  trunc?: boolean;
  quiet?: boolean;
  color?: string | boolean;
  yes?: boolean;
  confirm?: string;
  dryRun?: boolean;
  ifMatch?: string;
  idempotencyKey?: string;
  curl?: boolean;
  input?: boolean;
};

/** The words of a command line that are neither options nor values of global options: its verb and arguments. */
export function wordsOf(argv: readonly string[]): string[] {
  const words: string[] = [];
  for (let index = 0; index < argv.length; index++) {
    const word = argv[index] as string;
    if (word === '--') return words;
    if (!word.startsWith('-') || word === '-') words.push(word);
    else if (takesNext(word)) index++;
  }
  return words;
}

// `--json` takes its fields with `=`, or from a word that is no argument of the verb (see json-fields.ts).
function takesNext(word: string): boolean {
  if (word.includes('=') || word === '--json') return false;
  return globalOptions.some(
    (option: GlobalOption) => option.value !== undefined && (word === `--${option.name}` || word === `-${option.short}`),
  );
}
