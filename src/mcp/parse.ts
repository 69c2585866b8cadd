// Configuration text to plain values: JSON with comments, TOML, YAML. Errors have a place, and never a piece of the file.

/** What was read, and where reading went wrong; both where something could be read around the error. */
export type Parsed = { value: unknown; problem: ParseProblem | null };
type ParseProblem = { line: number | null; column: number | null; message: string };

export async function parseConfig(path: string, text: string): Promise<Parsed> {
  if (text.trim() === '') return { value: {}, problem: null };
  try {
    if (/\.toml$/i.test(path)) return await parseToml(text);
    if (/\.ya?ml$/i.test(path)) return await parseYaml(text);
    return await parseJson(text);
  } catch (error) {
    // Nesting that exhausts the stack of a recursive parser.
    if (error instanceof RangeError) return failed('It is nested too deeply.');
    return failed('It cannot be read.');
  }
}

// JSON.parse is fast and most files are plain; its messages quote the file, so they are never shown.
async function parseJson(text: string): Promise<Parsed> {
  try {
    return { value: JSON.parse(text), problem: null };
  } catch {
    const { parseJsonc } = await parsers.jsonc();
    const { value, error } = parseJsonc(text);
    return { value, problem: error === null ? null : { ...position(text, error.offset), message: words(error.code) } };
  }
}

async function parseToml(text: string): Promise<Parsed> {
  if (text.length > LARGEST_SLOW) return failed(TOO_LARGE);
  const { parse, TomlError } = await parsers.toml();
  let problem: ParseProblem | null = null;
  const lines = text.split('\n');
  for (let tries = 0; tries < MOST_TRIES; tries += 1) {
    try {
      return { value: parse(lines.join('\n'), { integersAsBigInt: 'asNeeded' }), problem };
    } catch (error) {
      if (!(error instanceof TomlError)) throw error;
      problem ??= { line: error.line, column: error.column, message: 'It is not valid TOML.' };
      leaveOut(lines, error.line - 1);
    }
  }
  return { value: null, problem };
}

/** The table around a line becomes empty lines, so that the others can be read, and stay where they are. */
function leaveOut(lines: string[], line: number): void {
  const isHead = (index: number): boolean => /^\s*\[/.test(lines[index] ?? '');
  let start = Math.min(line, lines.length - 1);
  while (start > 0 && !isHead(start)) start -= 1;
  let end = Math.max(start, line) + 1;
  while (end < lines.length && !isHead(end)) end += 1;
  lines.fill('', start, end);
}

const MOST_TRIES = 20;

async function parseYaml(text: string): Promise<Parsed> {
  if (text.length > LARGEST_SLOW) return failed(TOO_LARGE);
  const { parseYamlText } = await parsers.yaml();
  const { value, error } = parseYamlText(text);
  if (error === null) return { value, problem: null };
  const message = `It is not valid YAML (${words(error.code.toLowerCase())}).`;
  return { value, problem: { ...position(text, error.offset), message } };
}

function position(text: string, offset: number): { line: number; column: number } {
  const before = text.slice(0, offset);
  const line = before.split('\n').length;
  return { line, column: offset - (before.lastIndexOf('\n') + 1) + 1 };
}

// Loaded when the first file needs one, and looked up once.
const parsers = {
  jsonc: once(() => import('./parse-jsonc.ts')),
  yaml: once(() => import('./parse-yaml.ts')),
  toml: once(() => import('smol-toml')),
};

function once<Module>(load: () => Promise<Module>): () => Promise<Module> {
  let loaded: Promise<Module> | null = null;
  return () => {
    loaded ??= load();
    return loaded;
  };
}

// `CommaExpected` and `bad_indent` as a person writes them.
const words = (code: string): string =>
  code
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .replaceAll('_', ' ')
    .toLowerCase();

const failed = (message: string): Parsed => ({ value: null, problem: { line: null, column: null, message } });

const LARGEST_SLOW = 4 * 1024 * 1024; // their parsers take about a second for this much
const TOO_LARGE = 'It is larger than 4 MB, which no configuration in this format is.';
