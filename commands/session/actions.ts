// The verbs about who is signed in where.

import type { Action } from '../action.ts';
import { login } from './login.ts';
import { logout } from './logout.ts';
import { status } from './status.ts';
import { whoami } from './whoami.ts';

export const sessionActions: readonly Action[] = [status, login, logout, whoami];
