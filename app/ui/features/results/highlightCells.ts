const name = 'found-in-cells';

/**
 * Marks a text in the cells that are on the page, for as long as it is not called off. The cells are left as they are:
 * the marks are drawn by the browser over ranges of them, and made anew when the grid has painted other rows.
 */
export function highlightCells(frame: HTMLElement, text: string, matchCase: boolean): () => void {
  if (!('highlights' in CSS) || text === '') return () => undefined;
  const wanted = matchCase ? text : text.toLowerCase();
  let asked = 0;
  const mark = (): void => {
    asked = 0;
    CSS.highlights.set(name, new Highlight(...rangesIn(frame, wanted, matchCase)));
  };
  const soon = (): void => {
    asked ||= requestAnimationFrame(mark);
  };
  const observer = new MutationObserver(soon);
  observer.observe(frame, { subtree: true, childList: true, characterData: true });
  mark();
  return () => {
    observer.disconnect();
    cancelAnimationFrame(asked);
    CSS.highlights.delete(name);
  };
}

function* rangesIn(frame: HTMLElement, wanted: string, matchCase: boolean): Generator<Range> {
  for (const cell of frame.querySelectorAll('[role="gridcell"]')) {
    const walker = document.createTreeWalker(cell, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      const node = walker.currentNode as Text;
      const shown = matchCase ? node.data : node.data.toLowerCase();
      // Letters whose lower case is longer would move what stands behind them.
      if (shown.length !== node.data.length) continue;
      for (let at = shown.indexOf(wanted); at >= 0; at = shown.indexOf(wanted, at + wanted.length)) {
        const range = document.createRange();
        range.setStart(node, at);
        range.setEnd(node, at + wanted.length);
        yield range;
      }
    }
  }
}
