/** Takes the lines of one step of the work, such as `downloading 4.3.0 with Maven …`. */
export type Progress = (line: string) => void;

/** As wide as the longest name, `producer-mockoon`. */
const NAME_WIDTH = 16;

/** Writes lines for people to stdout, each behind the name of the part it is about. */
export function printProgress(name: string): Progress {
  return (line) => {
    for (const part of line.split("\n")) process.stdout.write(`${name.padEnd(NAME_WIDTH)} ${part}\n`);
  };
}

/** Says nothing: what tests pass. */
export const noProgress: Progress = () => undefined;

/** `12.3 s` */
export function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}

/** `42.2 MB` */
export function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
