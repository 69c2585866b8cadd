// `aim logs`: security logs read, checked, counted and sent on.

import type { Action } from '../action.ts';
import { exportLogs } from './export.ts';
import { query, sql } from './query.ts';
import { stats } from './stats.ts';
import { tail } from './tail.ts';
import { timeline } from './timeline.ts';
import { verify } from './verify.ts';
import { watch } from './watch.ts';

export const logActions: readonly Action[] = [tail, query, stats, sql, verify, watch, timeline, exportLogs];
