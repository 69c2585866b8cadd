// YAML, loaded where a document is edited. Imported by name here: the bundle of a CommonJS package that is imported whole has only a default.

export { parse, stringify } from 'yaml';
