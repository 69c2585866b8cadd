// Begins to listen: at the port that is wanted, else that of the last run, else any; and says in a sentence why it cannot.

import type { AddressInfo } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { UsageError } from '../errors.ts';

/** The port. @throws UsageError `serve.port-*`, `serve.address-unknown`. */
export async function listen(app: FastifyInstance, host: string, wanted: number, last: number | null): Promise<number> {
  if (wanted === 0 && last !== null) {
    const taken = await app.listen({ host, port: last }).catch((error: NodeJS.ErrnoException) => error);
    if (typeof taken === 'string') return (app.server.address() as AddressInfo).port;
    if (taken.code !== 'EADDRINUSE') throw unreachable(taken, host, last);
  }
  try {
    await app.listen({ host, port: wanted });
  } catch (error) {
    throw unreachable(error as NodeJS.ErrnoException, host, wanted);
  }
  return (app.server.address() as AddressInfo).port;
}

function unreachable(error: NodeJS.ErrnoException, host: string, port: number): Error {
  if (error.code === 'EADDRINUSE') {
    return new UsageError('serve.port-taken', {
      message: `Port ${port} on ${host} is taken, perhaps by another control plane (see what holds it: ss -ltnp 'sport = :${port}').`,
      next: `Choose another: aim serve --listen ${host}:${port + 1}, or ${host}:0 for any that is free.`,
      field: 'listen',
      cause: error,
    });
  }
  if (error.code === 'EACCES') {
    return new UsageError('serve.port-forbidden', {
      message: `You may not listen on port ${port} of ${host}.`,
      next: 'Choose a port above 1023 with --listen.',
      field: 'listen',
      cause: error,
    });
  }
  if (error.code === 'EADDRNOTAVAIL' || error.code === 'ENOTFOUND') {
    return new UsageError('serve.address-unknown', {
      message: `This machine has no address ${host}.`,
      next: 'Choose one that it has with --listen, for example 127.0.0.1:0.',
      field: 'listen',
      cause: error,
    });
  }
  return error;
}
