/** Whether the page is so narrow that the result is below the query and a pane covers both (style.css). */
export function isNarrow(): boolean {
  return window.matchMedia('(max-width: 640px)').matches;
}
