// E-mail addresses by which accounts are kept and found: what reads the same is the same, and nothing in one is invisible.

import { z } from 'zod';

/** Kept as it was written, but for what only differs in its bytes: no two accounts have addresses that nobody can tell apart. */
export const emailAddress = z
  .string()
  .trim()
  .min(3)
  .max(320)
  .transform((text) => text.normalize('NFKC').replace(/\P{ASCII}+/gu, (part) => part.toLowerCase()))
  .pipe(
    z
      .string()
      .max(320)
      .regex(/^[^\s\p{C}@]+@[^\s\p{C}@]+$/u, 'must be an e-mail address'),
  );

/** As it is looked for: normalised, in small letters. */
export const sameMailbox = (email: string): string => email.trim().normalize('NFKC').toLowerCase();
