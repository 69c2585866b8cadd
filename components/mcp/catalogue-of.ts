// The one catalogue of MCP servers of a dashboard, made when a screen first needs it.

import { type Catalogue, createCatalogue } from '../../src/mcp/catalogue.ts';
import { demoHome, detectOptionsFor } from '../../src/mcp/surroundings.ts';
import type { Dashboard } from '../dashboard-context.ts';

export function catalogueOf(dashboard: Dashboard): Catalogue {
  const { shell, context, clock, now } = dashboard;
  return shell.memory('mcp', () => {
    const { env, cwd } = context.io;
    const catalogue = createCatalogue({
      api: () => dashboard.api,
      options: () => detectOptionsFor({ paths: context.settings.paths, env, cwd }),
      also: [demoHome(context.settings.paths)],
      env,
      changed: () => clock.changed(),
      now,
    });
    context.signal.addEventListener('abort', () => catalogue.close());
    return catalogue;
  });
}
