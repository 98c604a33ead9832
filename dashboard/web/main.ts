import { Feed } from "./feed.ts";
import { Page } from "./page.ts";

let page: Page | undefined;
const feed = new Feed((change) => page?.onFeed(change));
feed.start();
// When uPlot has come, too, and after the skeleton is painted: building the page takes longer than a frame.
document.addEventListener("DOMContentLoaded", () =>
  requestAnimationFrame(() =>
    setTimeout(() => {
      page = new Page(feed);
    }),
  ),
);
