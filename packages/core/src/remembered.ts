/** A pure function of a word that is asked the same few words over and over: it remembers its answers. */
export function remembered<Answer>(answerTo: (word: string) => Answer, atMost = 1_000): (word: string) => Answer {
  const answers = new Map<string, Answer>();
  return (word) => {
    const known = answers.get(word);
    if (known !== undefined) return known;
    const answer = answerTo(word);
    if (answers.size >= atMost) answers.clear(); // strangers send words too, and may not fill the memory
    answers.set(word, answer);
    return answer;
  };
}
