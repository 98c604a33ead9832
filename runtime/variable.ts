import { readFileSync } from "node:fs";

/** One environment variable: how to read it, its default and its documentation are one thing. */
export interface Variable<T> {
  /** What it is for, with the unit; a row of the README's table. */
  readonly description: string;
  /** What is accepted, for people: the error message and the README's table say it so. */
  readonly accepted: string;
  /** Text of the default as it would stand in the environment; `undefined` means optional. */
  readonly defaultText: string | undefined;
  /** The value is never shown. */
  readonly secret: boolean;
  /** Value of a text; throws when it is not {@link accepted}. An absent variable without default gives `undefined`. */
  readonly parse: (text: string) => T;
}

interface About {
  readonly description: string;
  readonly default?: string;
  readonly secret?: boolean;
}

class NotAccepted extends Error {}

function variable<T>(about: About, accepted: string, parse: (text: string) => T): Variable<T> {
  return {
    description: about.description,
    accepted,
    defaultText: about.default,
    secret: about.secret ?? false,
    parse,
  };
}

/** A text of at least one character. */
export function text(about: About & { default: string }): Variable<string>;
export function text(about: About): Variable<string | undefined>;
export function text(about: About): Variable<string | undefined> {
  return variable(about, "a text", (found) => found);
}

/** A text that matches a pattern. */
export function matching(about: About & { default: string }, pattern: RegExp, accepted: string): Variable<string> {
  return variable(about, accepted, (found) => {
    if (!pattern.test(found)) throw new NotAccepted();
    return found;
  });
}

/** The name of a Kafka topic. */
export function topicName(about: About & { default: string }): Variable<string> {
  const accepted = "up to 249 letters, digits, dots, underscores and hyphens";
  return matching(about, /^(?!\.{1,2}$)[A-Za-z0-9._-]{1,249}$/, accepted);
}

/** A number between two bounds, both included. */
export function number(about: About & { default: string }, least: number, most: number): Variable<number> {
  return variable(about, `a number, ${least} to ${most}`, (found) => inRange(found, least, most));
}

/** A whole number between two bounds, both included. */
export function integer(about: About & { default: string }, least: number, most: number): Variable<number>;
export function integer(about: About, least: number, most: number): Variable<number | undefined>;
export function integer(about: About, least: number, most: number): Variable<number | undefined> {
  return variable(about, `a whole number, ${least} to ${most}`, (found) => {
    const value = inRange(found, least, most);
    if (!Number.isInteger(value)) throw new NotAccepted();
    return value;
  });
}

/** One of a few words. */
export function oneOf<const T extends string>(about: About & { default: T }, words: readonly T[]): Variable<T>;
export function oneOf<const T extends string>(about: About, words: readonly T[]): Variable<T | undefined>;
export function oneOf<const T extends string>(about: About, words: readonly T[]): Variable<T | undefined> {
  return variable(about, words.join(", "), (found) => {
    const word = words.find((known) => known === found);
    if (word === undefined) throw new NotAccepted();
    return word;
  });
}

/** `true` or `false`, also `1`, `0`, `yes`, `no`. */
export function flag(about: About & { default: "true" | "false" }): Variable<boolean> {
  return variable(about, "true or false", (found) => {
    const lower = found.toLowerCase();
    if (["true", "1", "yes"].includes(lower)) return true;
    if (["false", "0", "no"].includes(lower)) return false;
    throw new NotAccepted();
  });
}

/** Texts with commas between them; blanks around each are cut off. */
export function list(
  about: About & { default: string },
  accepted: string,
  isItem: (item: string) => boolean,
): Variable<readonly string[]> {
  return variable(about, accepted, (found) => {
    const items = found.split(",").map((item) => item.trim());
    if (items.some((item) => !isItem(item))) throw new NotAccepted();
    return items;
  });
}

/** A URL with one of the given schemes. */
export function url(about: About & { default: string }, schemes: readonly string[]): Variable<string>;
export function url(about: About, schemes: readonly string[]): Variable<string | undefined>;
export function url(about: About, schemes: readonly string[]): Variable<string | undefined> {
  return variable(about, `a URL that begins with ${schemes.map((scheme) => `${scheme}://`).join(" or ")}`, (found) => {
    if (!schemes.some((scheme) => found.startsWith(`${scheme}://`) && found.length > scheme.length + 3)) {
      throw new NotAccepted();
    }
    // A MongoDB URI may list several hosts, which URL does not take.
    if (!found.startsWith("mongodb") && !URL.canParse(found)) throw new NotAccepted();
    return found;
  });
}

/** The path of a file; the value is the file's content, without white space around it. */
export function contentOfFile(about: About): Variable<string | undefined> {
  return variable(about, "the path of a readable file that is not empty", (path) => {
    const content = readFileSync(path, "utf8").trim();
    if (content === "") throw new NotAccepted();
    return content;
  });
}

/** Anything that a function of the service's own can read. */
export function parsed<T>(
  about: About & { default: string },
  accepted: string,
  parse: (text: string) => T,
): Variable<T>;
export function parsed<T>(about: About, accepted: string, parse: (text: string) => T): Variable<T | undefined>;
export function parsed<T>(about: About, accepted: string, parse: (text: string) => T): Variable<T | undefined> {
  return variable<T | undefined>(about, accepted, parse);
}

function inRange(found: string, least: number, most: number): number {
  const value = /^-?\d+(\.\d+)?$/.test(found) ? Number(found) : Number.NaN;
  if (!(value >= least && value <= most)) throw new NotAccepted();
  return value;
}
