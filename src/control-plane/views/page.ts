// The few pages for a browser: no script, nothing loaded from elsewhere, no framing.

import { Answer } from '../route.ts';

type PageOptions = { formAction?: string; headers?: Record<string, string> };

export function page(
  status: number,
  title: string,
  body: string,
  { formAction = "'none'", headers = {} }: PageOptions = {},
): Answer {
  const html = `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escapeHtml(title)} · AIM</title><style>${STYLE}</style></head>
<body><main>${body}</main></body>
</html>
`;
  return new Answer(status, html, {
    'Content-Type': 'text/html; charset=utf-8',
    'Content-Security-Policy': `default-src 'none'; style-src 'unsafe-inline'; form-action ${formAction}; frame-ancestors 'none'; base-uri 'none'`,
    'X-Content-Type-Options': 'nosniff',
    'X-Frame-Options': 'DENY',
    'Referrer-Policy': 'no-referrer',
    ...headers,
  });
}

const STYLE = `
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
main { max-width: 26rem; margin: 12vh auto; padding: 0 1rem; }
label { display: block; margin: 1rem 0; }
input:not([type=hidden]) { display: block; width: 100%; box-sizing: border-box; font: inherit; padding: .5rem; }
button { font: inherit; padding: .5rem 1.25rem; }
code { font-size: 1.1em; }
.problem { border-left: .3rem solid #c0392b; padding-left: .75rem; }
`;

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
