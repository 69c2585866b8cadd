// One value of a setting, from a flag, a variable or a file, checked against its kind.

import { UsageError } from '../errors.ts';
import { definitions } from './definitions.ts';
import { secondsOf } from './duration.ts';
import type { SettingKey } from './settings.ts';

/** The value in the type of its key. @throws UsageError `setting.invalid`, which names `source`. */
export function readValue(key: SettingKey, given: unknown, source: string): unknown {
  const definition = definitions[key];
  const refuse = (what: string): never => {
    throw new UsageError('setting.invalid', {
      message: `${source} sets ${key} to ${shown(given)}, which is not ${what}.`,
      next: `Correct it, or see: aim config explain ${key}`,
      field: key,
    });
  };
  if (given === null && definition.default === null) return null;
  switch (definition.kind) {
    case 'text':
      return typeof given === 'string' && given !== '' ? given : refuse('a text');
    case 'url':
      return serverUrl(given) ?? refuse('an http or https address');
    case 'boolean':
      return booleanOf(given) ?? refuse('true or false');
    case 'seconds': {
      const seconds = typeof given === 'number' ? given : typeof given === 'string' ? secondsOf(given) : null;
      return seconds !== null && seconds > 0 && seconds <= 86_400 ? seconds : refuse('a length of time, as 30s or 5m');
    }
    case 'integer': {
      const number = typeof given === 'string' && /^\d+$/.test(given) ? Number(given) : given;
      const fits =
        typeof number === 'number' && Number.isInteger(number) && number >= definition.minimum && number <= definition.maximum;
      return fits ? number : refuse(`a whole number from ${definition.minimum} to ${definition.maximum}`);
    }
    case 'texts':
      return textsOf(given) ?? refuse('an object of texts');
    case 'word':
      return definition.words.includes(String(given)) ? String(given) : refuse(`one of ${definition.words.join(', ')}`);
  }
}

// Credentials in an address would end up in logs and in `ps`; a query or fragment has no meaning here.
function serverUrl(given: unknown): string | null {
  if (typeof given !== 'string' || !URL.canParse(given)) return null;
  const url = new URL(given);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return null;
  if (url.username || url.password || url.search || url.hash) return null;
  return `${url.origin}${url.pathname}`.replace(/\/+$/, '');
}

function booleanOf(given: unknown): boolean | null {
  if (typeof given === 'boolean') return given;
  const word = String(given).toLowerCase();
  if (['1', 'true', 'yes', 'on'].includes(word)) return true;
  return ['0', 'false', 'no', 'off', ''].includes(word) ? false : null;
}

// From the command line it comes as JSON.
function textsOf(given: unknown): Record<string, string> | null {
  if (typeof given === 'string') {
    try {
      return textsOf(JSON.parse(given) as object);
    } catch {
      return null;
    }
  }
  if (typeof given !== 'object' || given === null || Array.isArray(given)) return null;
  const texts = Object.entries(given);
  return texts.every(([, text]) => typeof text === 'string') ? Object.fromEntries(texts) : null;
}

const shown = (given: unknown) => JSON.stringify(given)?.slice(0, 80) ?? 'nothing';
