// Keeps the embedded control plane alive: an open request, which ends with this process however that ends.

import { request } from 'node:http';

export type Hold = {
  /** Resolves when the control plane is gone, not when we let go. */
  lost: Promise<void>;
  release(): void;
};

/** Resolves when the hold stands; rejects where the control plane is gone already. */
export function holdOpen(url: string, accessToken: string): Promise<Hold> {
  return new Promise((resolve, reject) => {
    let released = false;
    let lose = () => {};
    const lost = new Promise<void>((done) => {
      lose = done;
    });
    const outgoing = request(`${url}/api/v1/embedded/hold`, { headers: { authorization: `Bearer ${accessToken}` } });
    outgoing.once('response', (response) => {
      if (response.statusCode !== 200) {
        outgoing.destroy();
        reject(new Error(`The control plane refused to be held (status ${response.statusCode}).`));
        return;
      }
      response.resume();
      response.once('close', () => {
        if (!released) lose();
      });
      resolve({
        lost,
        release: () => {
          released = true;
          outgoing.destroy();
        },
      });
    });
    outgoing.on('error', (error) => {
      if (!released) lose();
      reject(error);
    });
    outgoing.setTimeout(0);
    outgoing.end();
  });
}
