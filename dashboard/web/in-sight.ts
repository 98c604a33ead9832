/** What is out of sight is drawn once in so many drawings: for whatever searches or reads the page without scrolling. */
const SELDOM = 3;
/** They take turns, so that none of the drawings has all of them. */
let turn = 0;

/**
 * Draws what is in sight each time, and the rest seldom, and at once when it comes into sight: below the fold is most
 * of the work of a second.
 *
 * @param isInSight - whether it is until the browser has said so, which is after the first drawing
 */
export function drawnInSight<T>(root: Element, isInSight: boolean, draw: (value: T) => void): (value: T) => void {
  let isSeen = isInSight;
  let missed = turn++ % SELDOM;
  let redraw = (): void => undefined;
  new IntersectionObserver(
    (entries) => {
      const wasSeen = isSeen;
      isSeen = entries.some((entry) => entry.isIntersecting);
      if (isSeen && !wasSeen) redraw();
    },
    { rootMargin: "99px" },
  ).observe(root);
  return (value) => {
    redraw = () => draw(value);
    if (isSeen || ++missed % SELDOM === 0) redraw();
  };
}
