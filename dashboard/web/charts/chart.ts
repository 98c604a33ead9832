import type { Frame, PageHandle } from "../frame.ts";

/** One panel of the page. A new chart is a file beside this one and a line in `list.ts`. */
export interface Chart {
  /** Id of its panel. */
  readonly id: string;
  readonly title: string;
  /** Beside the title: unit or meaning. */
  readonly unit: string;
  /** How many of the twelve columns it takes on a wide page. */
  readonly columns: 4 | 5 | 7;
  /** Fills the panel. @returns what draws a frame into it, called once a second at most and after changes of view */
  mount(panel: Panel, page: PageHandle): (frame: Frame) => void;
}

/** The places of a panel that a chart may fill. */
export interface Panel {
  readonly title: string;
  /** The whole panel. */
  readonly root: HTMLElement;
  /** Beside the title. */
  readonly unit: HTMLElement;
  /** To the right of the title: legend, buttons. */
  readonly head: HTMLElement;
  readonly body: HTMLElement;
}
