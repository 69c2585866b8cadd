// Takes secrets out of text before it is logged, shown in an error, or recorded. Known shapes only: what looks like prose stays.

/** The same text with every known kind of secret replaced by `[redacted KIND]`. Works on raw text, before `visible()`. */
export function redact(text: string): string {
  if (text.length < SHORTEST) return text;
  return shapes.reduce((rest, { kind, pattern, keep }) => {
    return rest.replace(pattern, (...found: unknown[]) => `${keep?.(found as string[]) ?? ''}[redacted ${kind}]`);
  }, text);
}

/** Whether a member of this name holds a secret whatever its value looks like. For objects that are logged. */
export function isSecretName(name: string): boolean {
  return SECRET_NAME.test(name.replaceAll(/[^a-z]/gi, '').toLowerCase());
}

const SHORTEST = 8;
const SECRET_NAME =
  /(password|passwd|passphrase|secret|privatekey|apikey|accesstoken|refreshtoken|idtoken|authtoken|sessiontoken|bearer|credential|authorization|cookie|matchingcode)/;

type Shape = { kind: string; pattern: RegExp; keep?: (found: string[]) => string };

const first = (found: string[]): string => found[1] ?? '';

/** In order: whole blocks before their parts, and named values before shapes, so that the kind that is said is the nearest one. */
const shapes: Shape[] = [
  { kind: 'private key', pattern: /-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z0-9 ]*PRIVATE KEY-----|$)/g },
  { kind: 'JWT', pattern: /\beyJ[A-Za-z0-9_-]{5,}\.[A-Za-z0-9_-]{5,}(?:\.[A-Za-z0-9_-]*){1,3}/g },
  { kind: 'credentials', pattern: /\b([a-z][a-z0-9+.-]{1,20}:\/\/)[^\s/?#@"'<>]{1,512}@/gi, keep: first },
  { kind: 'query', pattern: /(\bhttps?:\/\/[^\s?#"'<>]+\?)[^\s#"'<>]+/gi, keep: first },
  {
    kind: 'token',
    pattern: /\b((?:authorization["']?\s*[:=]\s*["']?)?(?:bearer|basic|apikey)\s+)[A-Za-z0-9._~+/=-]{8,}/gi,
    keep: first,
  },
  { kind: 'AIM key', pattern: /\baim_(?:live|test|sk|key|api|agent|pat)_[A-Za-z0-9_-]{8,}={0,2}/g },
  { kind: 'token', pattern: /\b(?:gh[pousr]_[A-Za-z0-9]{20,}|github_pat_[A-Za-z0-9_]{20,}|glpat-[A-Za-z0-9_-]{16,})/g },
  { kind: 'token', pattern: /\b(?:sk|rk|pk)[-_](?:live|test|proj|ant|or)[-_][A-Za-z0-9_-]{10,}/g },
  { kind: 'token', pattern: /\bsk-[A-Za-z0-9_-]{20,}/g },
  { kind: 'token', pattern: /\bxox[abeoprs]-[A-Za-z0-9-]{10,}/g },
  { kind: 'token', pattern: /\b(?:npm_[A-Za-z0-9]{30,}|pypi-[A-Za-z0-9_-]{30,}|hf_[A-Za-z0-9]{20,}|dop_v1_[a-f0-9]{30,})/g },
  { kind: 'token', pattern: /\b(?:ya29\.[A-Za-z0-9_-]{20,}|AIza[A-Za-z0-9_-]{30,})/g },
  { kind: 'AWS key', pattern: /\b(?:AKIA|ASIA|AROA|AIDA)[A-Z0-9]{16}\b/g },
  { kind: 'webhook', pattern: /(https:\/\/hooks\.slack\.com\/services\/)[A-Za-z0-9/]+/g, keep: first },
  {
    kind: 'secret',
    pattern:
      /(["']?\b(?:[A-Za-z0-9_-]{0,40}(?:password|passwd|passphrase|secret|private[_-]?key|api[_-]?key|access[_-]?token|refresh[_-]?token|auth[_-]?token|session[_-]?token|client[_-]?secret|token))["']?\s*[:=]\s*["']?)(?!\[redacted)[^\s"'&,;}\])]{4,}/gi,
    keep: first,
  },
];
