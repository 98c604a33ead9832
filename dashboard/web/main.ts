import { Feed } from "./feed.ts";
import { Page } from "./page.ts";

let page: Page | undefined;
const feed = new Feed((change) => page?.onFeed(change));
void feed.start().then(() => {
  page = new Page(feed);
  // When its first frame is drawn.
  requestAnimationFrame(() => setTimeout(() => void feed.readPast()));
});
