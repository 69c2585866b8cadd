// What a reviewer types on the way to an approval: which questions, in which words, and whether an answer is right.

import type { Printable } from '../../text/brand.ts';
import { say } from '../../text/say.ts';
import { visible } from '../../text/visible.ts';
import { actionOf } from './action-facts.ts';
import type { Question, Shown } from './model.ts';
import { isProven } from './verdict.ts';

/** In the order in which they are asked. An action that is not proven costs a reason and the agent's name, whatever policy says. */
export function questionsFor(shown: Shown): Question[] {
  const { request, verdict } = shown;
  const questions: Question[] = [];
  if (request.steps.includes('matching-code')) questions.push('matching-code');
  if (request.steps.includes('type-resource')) questions.push('type-resource');
  if (!isProven(verdict)) questions.push('type-agent');
  if (!isProven(verdict) || request.steps.includes('reason')) questions.push('reason');
  return questions;
}

export function questionWords(question: Question, shown: Shown): Printable {
  if (question === 'matching-code') return say`Code that the agent's side shows`;
  if (question === 'type-resource') return say`Type the ${resourceOf(shown) === null ? 'action' : 'resource'}, to approve it`;
  if (question === 'type-agent') return say`Not proven: type the agent's name`;
  if (question === 'fingerprint') return say`Type the last 8 characters of the new key, as its owner told you`;
  return say`Reason for approving`;
}

/** What is wrong with an answer, or null. */
export function problemWith(question: Question, answer: string, shown: Shown): Printable | null {
  const typed = answer.trim();
  if (typed === '') return say`Nothing was typed.`;
  if (question === 'matching-code') return /^\d{2,3}$/.test(typed) ? null : say`It is two or three digits.`;
  if (question === 'type-resource') return isTyped(typed, namedIn(shown)) ? null : say`That is not what it says above.`;
  if (question === 'type-agent')
    return isTyped(typed, shown.request.agentName ?? shown.request.agentId) ? null : say`That is not the agent's name.`;
  if (question === 'fingerprint')
    return shown.verdict.fingerprint?.endsWith(typed) && typed.length >= 8 ? null : say`That is not the end of the key.`;
  return null;
}

// Characters that no keyboard has are typed as they are shown.
const isTyped = (typed: string, wanted: string): boolean => typed === wanted.trim() || typed === visible(wanted).trim();

/** What `type-resource` wants: the resource, else the action. */
export const namedIn = (shown: Shown): string => resourceOf(shown) ?? capabilityOf(shown);

const resourceOf = (shown: Shown): string | null => actionOf(shown.request, shown.verdict).resource;
const capabilityOf = (shown: Shown): string => actionOf(shown.request, shown.verdict).capability;
