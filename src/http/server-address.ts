// The address of a server as everything here uses it: http or https, no credentials in it, no trailing slash.

import { ConfigurationError } from '../errors.ts';
import { oneLine } from './server-words.ts';

/** @throws ConfigurationError `settings.server` for anything else. */
export function serverAddress(text: string): string {
  const url = typeof text === 'string' ? URL.parse(text.trim()) : null;
  const wrong =
    url === null
      ? 'is not a URL'
      : url.protocol !== 'http:' && url.protocol !== 'https:'
        ? 'does not begin with http:// or https://'
        : url.username !== '' || url.password !== ''
          ? 'carries a user name or password, which would end up in logs'
          : url.search !== '' || url.hash !== ''
            ? 'has a query or a fragment'
            : null;
  if (url !== null && wrong === null) return (url.origin + url.pathname).replace(/\/+$/, '');
  const shown =
    url === null
      ? oneLine(typeof text === 'string' ? text : `(a ${typeof text})`, 80)
      : url.origin === 'null'
        ? `${url.protocol}…`
        : url.origin;
  throw new ConfigurationError('settings.server', {
    message: `The server address ${shown === '' ? '(empty)' : shown} ${wrong}.`,
    next: 'Give it as http://host:port or https://host.',
    field: 'server',
  });
}
