// The word for where we are, always in the header: nobody should mistake production for a laptop.

import { ours, type Printable } from '../../src/text/brand.ts';
import { visible } from '../../src/text/visible.ts';
import type { Tone } from '../theme.ts';

export type Environment = { word: Printable; tone: Tone; isProduction: boolean };

/** From the profile's name where it has one, else from the server's address. What is not known to be harmless is called by its host. */
export function environmentOf({
  server,
  profile,
  embedded,
  profiles = [],
}: {
  server: string;
  profile: string;
  embedded: boolean;
  /** A server that is production under one name is production under every other. */
  profiles?: readonly { name: string; server: string | null }[];
}): Environment {
  if (embedded) return { word: ours('EMBEDDED'), tone: 'info', isProduction: false };
  const host = hostOf(server);
  const others = profiles.filter((other) => other.server === server).map(({ name }) => name);
  const named = [profile, ...others, host].filter((name) => name !== 'default').join(' ');
  if (/\bprod(uction)?\b/i.test(named)) return { word: ours('PRODUCTION'), tone: 'production', isProduction: true };
  if (/\b(stag(e|ing)|preprod|uat)\b/i.test(named)) return { word: ours('STAGING'), tone: 'warning', isProduction: false };
  if (/\b(dev|test|sandbox)\b/i.test(named)) return { word: ours('TEST'), tone: 'info', isProduction: false };
  if (/^(localhost|127\.|\[::1\]|0\.0\.0\.0)/.test(host)) return { word: ours('LOCAL'), tone: 'info', isProduction: false };
  return { word: visible(profile === 'default' ? host : profile, { max: 20 }), tone: 'warning', isProduction: false };
}

export function hostOf(server: string): string {
  try {
    return new URL(server).host;
  } catch {
    return server;
  }
}
