// Which verification answered which question, for servers that do not say what they answer: an answer that comes a second time is another's.

export type AnsweredIds = {
  /** False for an id that has answered another question before, from a server that makes a new one for each. */
  take(id: string, question: string): boolean;
};

const REMEMBERED = 1_000;
const CONVINCED = 8; // different ids in a row: only then is one that comes again no habit of this server

export function createAnsweredIds(): AnsweredIds {
  const questions = new Map<string, string>();
  let isEachNew = true;
  return {
    take(id, question) {
      const before = questions.get(id);
      if (before === question) return true;
      if (before !== undefined) {
        if (isEachNew && questions.size >= CONVINCED) return false;
        isEachNew = false; // a server that has but a few is asked for nothing more
        return true;
      }
      if (questions.size >= REMEMBERED) questions.delete(questions.keys().next().value ?? '');
      questions.set(id, question);
      return true;
    },
  };
}
