import { Feed } from "./feed.ts";
import { Page } from "./page.ts";

let page: Page | undefined;
const feed = new Feed((change) => page?.onFeed(change));
feed.start();
// The skeleton is painted first: building the page takes longer than a frame.
requestAnimationFrame(() =>
  setTimeout(() => {
    page = new Page(feed);
  }),
);
