// For those who run the server: metrics, and the document that describes its interface.

import { type Answers, openApiDocument } from '../operation/openapi.ts';
import { Answer, type Route, route } from '../route.ts';

export const operationRoutes: Route[] = [
  route('GET /metrics', {
    summary: 'Prometheus metrics; from this machine, or for an administrator',
    access: { anyone: true },
    run: async ({ services, principal, origin }) => {
      const isHere = ['127.0.0.1', '::1', '::ffff:127.0.0.1'].includes(origin.ip);
      const isAdmin = principal?.kind === 'user' && principal.role === 'admin';
      if (!isHere && !isAdmin)
        return new Answer(401, { error: 'Authentication required', reasonCode: 'authenticationRequired' });
      return new Answer(200, await services.metrics.text(), { 'Content-Type': services.metrics.contentType });
    },
  }),
  route('GET /api/v1/openapi.json', {
    summary: 'This document',
    access: { anyone: true },
    // Loaded when it is asked for: the table refers to this route.
    run: async ({ services }) => {
      const [{ routes }, { default: answers }] = await Promise.all([
        import('./table.ts'),
        import('../operation/answers.json', { with: { type: 'json' } }),
      ]);
      return openApiDocument(routes, services.publicUrl, answers as Answers);
    },
  }),
];
