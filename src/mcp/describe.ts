// A server in a few words, the same on the command line and on the screen.

import { clientTitle } from './clients.ts';
import type { McpRow } from './overview.ts';
import type { McpTool } from './record.ts';

/** `enabled`, `disabled`, `registered`, with what the control plane says behind it. */
export const stateOf = ({ state, status }: McpRow): string =>
  status === null ? state : state === 'registered' ? status : `${state}, ${status}`;

export const clientsOf = ({ clients, home, state }: McpRow): string =>
  [...clients.map(clientTitle), ...(home === null ? [] : [`(${home})`])].join(', ') || (state === 'seen' ? 'none' : 'registry');

/** What the server claims that the tool does to the world. */
export function effectsOf({ annotations }: McpTool): string {
  const { readOnly, destructive, idempotent, openWorld } = annotations;
  return [
    readOnly === true ? 'says it only reads' : null,
    destructive === true ? 'destructive' : null,
    idempotent === true ? 'idempotent' : null,
    openWorld === true ? 'reaches out' : null,
  ]
    .filter((mark) => mark !== null)
    .join(', ');
}
