// Words that no description needs: orders to the model, secrecy, paths of credentials, payloads. Deterministic, and read as a model reads.

import type { Objection } from './finding.ts';
import { asRead, hiddenIn } from './hidden.ts';
import type { Spoken } from './texts.ts';

export function wordObjections(spoken: Spoken): Objection[] {
  const { subject, usual, isName } = spoken;
  const text = spoken.text.length > LONGEST ? spoken.text.slice(0, LONGEST) : spoken.text;
  const found: Objection[] = hiddenIn(text).map(({ text: evidence, start, message }) => ({
    rule: 'mcp/hidden-characters',
    subject,
    evidence,
    start,
    message,
  }));
  const control = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f][^\n]{0,24}/.exec(text);
  if (control !== null)
    found.push({
      rule: 'mcp/terminal-control',
      subject,
      evidence: control[0],
      start: control.index,
      message: 'A control sequence can change what a terminal shows.',
    });
  if (isName && control === null && /[\r\n]/.test(text)) {
    found.push({
      rule: 'mcp/terminal-control',
      subject,
      evidence: text.slice(0, 60),
      start: 0,
      message: 'A name holds a line break, which lets it look like another line.',
    });
  }
  if (spoken.text.length > usual) {
    found.push({
      rule: 'mcp/very-long-text',
      subject,
      evidence: `${spoken.text.length} characters`,
      start: 0,
      message: `It has ${spoken.text.length} characters; such texts have less than ${usual}.`,
    });
  }
  const read = asRead(text);
  if (!HINT.test(read)) return found;
  for (const { rule, pattern, unless, message } of PATTERNS) {
    const match = pattern.exec(read);
    if (match === null || unless?.(read, match)) continue;
    const start = text.indexOf(match[0]);
    found.push({ rule, subject, evidence: match[0], start: Math.max(0, start), message });
  }
  const encoded = encodedText(read);
  if (encoded !== null) {
    found.push({
      rule: 'mcp/encoded-text',
      subject,
      evidence: encoded.text.slice(0, 80),
      start: Math.max(0, text.indexOf(encoded.text)),
      message: `A block of Base64 says ${JSON.stringify(encoded.decoded.slice(0, 80))}.`,
    });
  }
  return found;
}

type Pattern = {
  rule: Objection['rule'];
  pattern: RegExp;
  message: string;
  unless?(text: string, match: RegExpExecArray): boolean;
};

const PATTERNS: readonly Pattern[] = [
  {
    rule: 'mcp/instruction-in-text',
    pattern:
      /\b(?:ignore|disregard|forget|override|bypass)\b[^.\n]{0,30}\b(?:previous|prior|above|earlier|preceding|existing|system|other|all)\b[^.\n]{0,30}\b(?:instructions?|prompts?|rules|messages|guidelines|directives|context)\b/i,
    unless: isDenied,
    message: 'It tells the model to set its instructions aside.',
  },
  {
    rule: 'mcp/instruction-in-text',
    pattern:
      /<\/?\s*(?:important|system|secret|instructions?|hidden|critical|admin|sudo|assistant)\b[^>]{0,40}>|\[\/?(?:INST|SYSTEM|IMPORTANT)\]|<\|[a-z_]{2,20}\|>|^\s*#{1,4}\s*(?:system|assistant)\s*:?\s*$/im,
    message: 'It marks a part as if it came from somebody with authority.',
  },
  {
    rule: 'mcp/instruction-in-text',
    pattern: /<!--(?:(?!-->)[\s\S]){0,40}?[a-z]{2,}\s+[a-z]{2,}\s+[a-z]{2,}(?:(?!-->)[\s\S]){0,2000}-->/i,
    message: 'A comment is hidden where the text is rendered, and read by the model.',
  },
  {
    rule: 'mcp/instruction-in-text',
    pattern:
      /\b(?:before|prior to|after|whenever|each time|every time|when(?:ever)? you)\b[^.\n]{0,30}\b(?:us(?:e|ing)|call(?:ing)?|invok(?:e|ing)|run(?:ning)?)\b[^.\n]{0,15}\b(?:any|every|each|all|another|other)\b[^.\n]{0,15}\b(?:tools?|functions?|servers?)\b/i,
    message: 'It wants a say whenever any other tool is used.',
  },
  {
    rule: 'mcp/instruction-in-text',
    pattern:
      /\b(?:you must|you should|always|be sure to|make sure (?:to|you)|remember to|first,?)\b[^.\n]{0,60}\b(?:read|open|load|cat|fetch|collect|gather|extract|copy)\b[^.\n]{0,60}\b(?:and|then)\b[^.\n]{0,20}\b(?:pass|send|include|put|add|append|insert|attach|provide|forward|return)\b[^.\n]{0,60}\b(?:as|in|to|into|with)\b/i,
    message: 'It tells the model to fetch something and hand it over.',
  },
  {
    rule: 'mcp/secrecy-in-text',
    pattern:
      /\b(?:do not|don['’]?t|never|must not|should not|shouldn['’]?t|without|avoid)\b[^.\n]{0,20}\b(?:mention|tell|inform|notify|reveal|disclose|alert|inform|telling|mentioning|informing|notifying|revealing|alerting)(?:s|ing)?\b[^.\n]{0,40}\b(?:the\s+)?(?:user|human|operator|person|anyone|anybody)\b/i,
    message: 'It tells the model to keep something from the user.',
    unless: (_, match) => /\b(?:ids?|credentials?|passwords?|secrets?|tokens?|stack traces?)\b/i.test(match[0]),
  },
  {
    rule: 'mcp/secrecy-in-text',
    pattern:
      /\b(?:keep (?:this|it) (?:a )?(?:secret|hidden|confidential) from|hide (?:this|it|the (?:call|result|fact)) from|(?:the )?(?:user|human|operator) (?:must|should|need) not (?:know|see|notice|be told)|the user (?:will|would) (?:be|get) (?:upset|angry|confused) if|do not (?:mention|reveal) (?:this|these|that|any of this)\b)/i,
    message: 'It tells the model to keep something from the user.',
  },
  {
    rule: 'mcp/sensitive-path',
    pattern:
      /(?:~|\$HOME|\/root|\/home\/\w+|%USERPROFILE%)?[\\/]?\.ssh[\\/](?:id_\w+|config|authorized_keys|known_hosts)|\bid_(?:rsa|ed25519|ecdsa)\b|\.aws[\\/]credentials|\.git-credentials|\.gnupg\b|\.netrc\b|\/etc\/shadow\b|\.(?:cursor|codeium[\\/]windsurf|claude|kiro)[\\/](?:mcp\w*|settings)[\w.]*\.json|\bclaude_desktop_config\.json|\bwallet\.dat\b|\.config[\\/]gcloud|Login Data\b|\.(?:bash|zsh)_history\b/i,
    unless: isDenied,
    message: 'It names a file that holds credentials.',
  },
  {
    rule: 'mcp/sensitive-path',
    pattern:
      /\b(?:pass|send|include|attach|upload|append|provide|paste|return|forward)\b[^.\n]{0,60}(?:contents?|value)[^.\n]{0,40}(?:(?<![\w])\.env\b|\.npmrc\b|\/etc\/passwd\b|\.kube[\\/]config|\.docker[\\/]config\.json|\bmcp\.json\b|environment variables?)/i,
    unless: isDenied,
    message: 'It wants the contents of a file that holds credentials.',
  },
  {
    rule: 'mcp/address-in-text',
    pattern:
      /\b(?:send|post|upload|forward|submit|transmit|exfiltrate|curl|bcc)\b[^.\n]{0,80}(?:https?:\/\/[^\s"'`<>)]{4,}|[\w.+-]{1,60}@[\w-]{1,60}\.[a-z]{2,})/i,
    message: 'It gives an address to send something to.',
  },
];

// One look decides for almost every text that none of the patterns can match.
const HINT =
  /ignore|disregard|forget|override|bypass|<|\[\/?(?:inst|system|important)|#\s*(?:system|assistant)|before|prior|after|whenever|time|you|always|sure|remember|first|not|n['’]t|never|without|avoid|keep|hide|user|\.ssh|id_|\.aws|credential|gnupg|netrc|shadow|\.json|wallet|gcloud|login|history|pass|send|include|attach|upload|append|provide|paste|return|forward|post|submit|transmit|exfil|curl|bcc|[A-Za-z0-9+/]{60}/i;

/** "Never reads ~/.ssh/id_rsa" and "does not ignore previous instructions" promise the opposite. */
function isDenied(text: string, match: RegExpExecArray): boolean {
  const before = text.slice(Math.max(0, match.index - 60), match.index);
  return (
    /\b(?:never|does not|doesn['’]?t|do not|don['’]?t|will not|won['’]?t|cannot|can['’]?t|except|excluding|excludes|without|refuses?|denies|blocks?|skips?|protects?)\b[^.\n]*$/i.test(
      before,
    ) && !/\b(?:pass|send|include|tell)\b/i.test(match[0])
  );
}

function encodedText(text: string): { text: string; decoded: string } | null {
  for (const match of text.matchAll(/(?<![A-Za-z0-9+/=_-])[A-Za-z0-9+/]{60,}={0,2}(?![A-Za-z0-9+/])/g)) {
    if (/^[0-9a-f]+$/i.test(match[0]) || text.slice(Math.max(0, match.index - 40), match.index).includes('data:')) continue;
    const decoded = Buffer.from(match[0], 'base64').toString('latin1');
    const printable = decoded.replaceAll(/[^\x20-\x7e\n]/g, '').length;
    if (printable / decoded.length > 0.9) return { text: match[0], decoded };
  }
  return null;
}

const LONGEST = 200_000;
