import type UPlot from "uplot";

/**
 * uPlot, which a script of its own brings before the page's: it is its authors' minified build, smaller than what a
 * bundler makes of the source, and a browser keeps it when only the page has changed.
 */
export const uPlot: typeof UPlot = (globalThis as unknown as { uPlot: typeof UPlot }).uPlot;
