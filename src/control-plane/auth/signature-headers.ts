// Which signatures a request carries: Ed25519, ML-DSA, or both, as X-Algorithm says (wire-agents §1.3).

import { type MlDsaAlgorithm, mlDsaAlgorithms } from '../../crypto/ml-dsa.ts';
import { Refusal } from '../refusal.ts';

export type Signatures = {
  classical: { signature: string; publicKey: string } | null;
  /** The key may go unnamed; then it is the present one. */
  postQuantum: { algorithm: MlDsaAlgorithm; signature: string; publicKey: string | null } | null;
};

/** @throws Refusal 400 where the algorithm is none that is known. */
export function signaturesIn(headers: Readonly<Record<string, string | undefined>>): Signatures {
  const named = headers['x-algorithm'] ?? ED25519;
  const signature = headers['x-signature'] ?? '';
  const publicKey = headers['x-public-key'] ?? '';
  if (named === ED25519) return { classical: { signature, publicKey }, postQuantum: null };
  const isHybrid = named.startsWith(HYBRID);
  const algorithm = mlDsaAlgorithms.find((each) => each === (isHybrid ? named.slice(HYBRID.length) : named));
  if (algorithm === undefined) throw new Refusal(400, 'algorithmNotSupported', 'Unsupported algorithm in X-Algorithm');
  const ofMlDsa = headers['x-signature-mldsa'];
  const postQuantum = { algorithm, publicKey: headers['x-pqc-public-key'] ?? null };
  return isHybrid
    ? {
        classical: { signature: headers['x-signature-ed25519'] ?? signature, publicKey },
        postQuantum: { ...postQuantum, signature: ofMlDsa ?? '' },
      }
    : { classical: null, postQuantum: { ...postQuantum, signature: ofMlDsa ?? signature } };
}

const ED25519 = 'Ed25519';
const HYBRID = `${ED25519}+`;
