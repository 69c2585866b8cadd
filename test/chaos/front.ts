// What stands before the control planes: a TCP balancer that takes turns, and that can be slow, deaf, or cut every connection.

import net, { type AddressInfo, type Socket } from 'node:net';
import { pause } from '../pty/terminal.ts';

export type Front = {
  url: string;
  /** Every open connection ends at once, by a reset. */
  cut(): void;
  /** Every chunk waits so long, in both directions, from now on. Milliseconds. */
  slow(ms: number): void;
  /** New connections are refused while true. */
  refuse(isRefusing: boolean): void;
  stop(): Promise<void>;
};

/** @param targets The ports behind; one that does not answer is passed over. */
export async function openFront(targets: readonly number[]): Promise<Front> {
  const sockets = new Set<Socket>();
  let turn = 0;
  let delay = 0;
  let isRefusing = false;
  const keep = (socket: Socket): Socket => {
    sockets.add(socket);
    return socket.setNoDelay(true).on('close', () => sockets.delete(socket));
  };
  const server = net.createServer((client) => {
    keep(client).on('error', () => {});
    if (isRefusing) return void client.resetAndDestroy();
    turn += 1;
    connect(client, turn, targets.length);
  });

  function connect(client: Socket, first: number, left: number): void {
    const target = targets[first % targets.length];
    if (left === 0 || target === undefined) return void client.resetAndDestroy();
    const behind = keep(net.connect(target, '127.0.0.1'));
    const onRefused = (): void => connect(client, first + 1, left - 1);
    behind.once('error', onRefused);
    behind.once('connect', () => {
      behind.off('error', onRefused);
      relay(client, behind);
      relay(behind, client);
    });
  }

  function relay(from: Socket, to: Socket): void {
    // What was sent first arrives first, as TCP has it: after a slow time, nothing may pass what is still on its way.
    let last: Promise<void> | null = null;
    const later = (deliver: () => void): void => {
      if (delay === 0 && last === null) {
        deliver();
        return;
      }
      const mine = Promise.all([last, pause(delay)]).then(() => {
        if (last === mine) last = null;
        deliver();
      });
      last = mine;
    };
    from.on('data', (chunk) => later(() => to.writable && to.write(chunk)));
    from.on('end', () => later(() => to.end()));
    from.on('error', () => to.destroy());
    from.on('close', () => later(() => to.destroy()));
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    cut() {
      for (const socket of sockets) socket.resetAndDestroy();
    },
    slow(ms) {
      delay = ms;
    },
    refuse(now) {
      isRefusing = now;
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}
