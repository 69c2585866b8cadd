// YAML without quoting the file in its errors. A module of its own, so that only files that need it load the parser.

import { parseDocument } from 'yaml';

/** What could be read, and the first thing that was wrong. @throws RangeError where it is nested too deeply. */
export function parseYamlText(text: string): { value: unknown; error: { offset: number; code: string } | null } {
  const document = parseDocument(text, { prettyErrors: false, logLevel: 'silent', merge: true });
  const [first] = document.errors;
  const error = first === undefined ? null : { offset: first.pos[0], code: first.code };
  try {
    // Aliases of aliases make gigabytes of a few lines; the library's own limit stops them.
    return { value: document.toJS({ maxAliasCount: 100 }), error };
  } catch (thrown) {
    if (thrown instanceof RangeError) throw thrown;
    return { value: null, error: error ?? { offset: 0, code: 'UNRESOLVED_ALIAS' } };
  }
}
