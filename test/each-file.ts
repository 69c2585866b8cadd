// Files share a process, and a process has one terminal: each begins with one that has Unicode, whatever the file before it tried.

import { chooseGlyphs } from '../src/text/glyphs.ts';

chooseGlyphs('unicode');
