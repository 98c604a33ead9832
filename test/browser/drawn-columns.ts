import type { Page } from "playwright-core";

/** Columns of the throughput chart in which something has the colour of a source, from left to right. */
export function drawnColumns(page: Page, source: "faker" | "mockoon"): Promise<number[]> {
  return page.evaluate((id) => {
    const canvas = document.querySelector<HTMLCanvasElement>("#throughput canvas");
    const mark = document.querySelector(`#throughput .legend .mark.${id}`);
    const context = canvas?.getContext("2d");
    if (!canvas || !context || !mark) return [];
    const [red, green, blue] = getComputedStyle(mark).backgroundColor.match(/\d+/g)?.map(Number) ?? [];
    const { data, width } = context.getImageData(0, 0, canvas.width, canvas.height);
    const columns = new Set<number>();
    for (let at = 0; at < data.length; at += 4)
      if (data[at] === red && data[at + 1] === green && data[at + 2] === blue) columns.add((at / 4) % width);
    return [...columns].sort((a, b) => a - b);
  }, source);
}
