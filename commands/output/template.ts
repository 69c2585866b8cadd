// `--template`: a text with {{member}} in it, filled once for each item. Values are made visible; nothing is computed.

import { UsageError } from '../../src/errors.ts';
import { asUntrusted } from '../../src/text/brand.ts';
import { visible } from '../../src/text/visible.ts';
import { isList } from './value.ts';

export function fillTemplate(value: unknown, template: string): string {
  const text = template.replaceAll('\\n', '\n').replaceAll('\\t', '\t');
  const [strange] = text.match(/\{\{(?!\s*[\w.]+\s*\}\}).*?(?:\}\}|$)/) ?? [];
  if (strange !== undefined) {
    throw new UsageError('output.template', {
      message: `--template does not know ${JSON.stringify(strange.slice(0, 80))}: it fills in members as {{name}}, once for each item.`,
      next: 'For more than that there is --jq.',
      field: 'template',
    });
  }
  const items = isList(value) ? value.items : [value];
  return items.map((item) => fill(item, text)).join('');
}

function fill(item: unknown, text: string): string {
  const line = text.replace(/\{\{\s*([\w.]+)\s*\}\}/g, (_, path: string) => shown(memberAt(item, path.split('.'))));
  return line.endsWith('\n') ? line : `${line}\n`;
}

function memberAt(value: unknown, path: readonly string[]): unknown {
  return path
    .filter((name) => name !== '')
    .reduce((at, name) => (typeof at === 'object' && at !== null ? (at as Record<string, unknown>)[name] : undefined), value);
}

function shown(value: unknown): string {
  if (value === null || value === undefined) return '';
  return visible(asUntrusted(typeof value === 'object' ? JSON.stringify(value) : String(value)));
}
