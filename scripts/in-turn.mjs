// Several stories told at once, heard one after the other: the first that has not ended is heard while it is told, the
// later ones when their turn comes.

/** A map from each name to what `say`s a piece of its story and `end`s it; `write` hears all in the order of the names. */
export function inTurn(names, write) {
  const stories = names.map(() => ({ waiting: "", ended: false }));
  let turn = 0;
  const catchUp = () => {
    for (; turn < stories.length; turn += 1) {
      const story = stories[turn];
      if (story.waiting !== "") write(story.waiting);
      story.waiting = "";
      if (!story.ended) return;
    }
  };
  return new Map(
    names.map((name, index) => [
      name,
      {
        say: (text) => {
          stories[index].waiting += text;
          catchUp();
        },
        end: () => {
          stories[index].ended = true;
          catchUp();
        },
      },
    ]),
  );
}
