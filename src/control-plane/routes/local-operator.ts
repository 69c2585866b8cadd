// The local operator of an embedded control plane: challenge, proof, tokens.

import { localOperator, localOperatorChallenge } from '../../wire/requests/sign-in.ts';
import { localOperatorsOf, operatorAccount } from '../auth/local-operator.ts';
import { ACCESS_SECONDS } from '../auth/tokens.ts';
import { type Route, route } from '../route.ts';
import { signedInUser, signIn } from './session.ts';

export const localOperatorRoutes: Route[] = [
  route('POST /api/v1/auth/local-operator/challenge', {
    summary: 'Proves that it holds the operator key, and says what to prove in turn (embedded control plane only)',
    access: { anyone: true },
    body: localOperatorChallenge,
    run: ({ services, body, now }) => ({
      instanceId: services.instanceId,
      ...localOperatorsOf(services).challenge(body.clientNonce, now),
    }),
  }),
  route('POST /api/v1/auth/local-operator', {
    summary: 'Signs the person at this machine in, who proves to hold the operator key (embedded control plane only)',
    access: { anyone: true },
    body: localOperator,
    run: async ({ services, body, origin, now }) => {
      await localOperatorsOf(services).check(body, now);
      const user = await operatorAccount(services);
      return {
        ...(await signIn(services, user, origin, 'operator key', { endsWithRun: !body.lasting, provedAt: null })),
        tokenType: 'Bearer',
        expiresIn: ACCESS_SECONDS,
        user: signedInUser(user),
      };
    },
  }),
];
