// What a Prometheus server reads: requests, verifications, what waits, stream readers, the process.

import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

export type Metrics = {
  text(): Promise<string>;
  contentType: string;
  /** One answered request. `route` is its pattern, so that ids do not become labels. */
  answered(method: string, route: string, status: number, seconds: number): void;
  verified(status: string): void;
};

export function createMetrics(waiting: () => Promise<number>): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const requests = new Histogram({
    name: 'aim_http_request_duration_seconds',
    help: 'Time to answer a request',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5],
    registers: [registry],
  });
  const verifications = new Counter({
    name: 'aim_verifications_total',
    help: 'Verifications by how they began',
    labelNames: ['status'],
    registers: [registry],
  });
  new Gauge({
    name: 'aim_approvals_waiting',
    help: 'Requests that wait for a person',
    registers: [registry],
    async collect() {
      this.set(await waiting());
    },
  });
  return {
    text: () => registry.metrics(),
    contentType: registry.contentType,
    answered: (method, route, status, seconds) => requests.observe({ method, route, status: String(status) }, seconds),
    verified: (status) => verifications.inc({ status }),
  };
}
