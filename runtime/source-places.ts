import { topicName, url, type Variable } from "./variable.ts";

/** What of a source decides about its variables. */
interface Place<Id extends string, Topic extends string, Url extends string> {
  readonly id: Id;
  readonly title: string;
  readonly topic: string;
  readonly topicVariable: Topic;
  readonly urlVariable: Url;
  readonly port: number;
}

/** A variable for each source's topic, such as `FAKER_TOPIC`. */
export function topicVariables<Name extends string>(
  sources: readonly Place<string, Name, string>[],
): Record<Name, Variable<string>> {
  return recordOf(sources, (source) => [
    source.topicVariable,
    topicName({ description: `topic of the ${source.title} source`, default: source.topic }),
  ]);
}

/** A variable for each source's address, such as `FAKER_URL`. */
export function urlVariables<Name extends string>(
  sources: readonly Place<string, string, Name>[],
): Record<Name, Variable<string>> {
  return recordOf(sources, ({ title, urlVariable, port }) => [
    urlVariable,
    url({ description: `the ${title} source, for its rate and faults`, default: `http://localhost:${port}` }, [
      "http",
      "https",
    ]),
  ]);
}

/** The topics that a configuration names, by source. */
export function topicsOf<Id extends string, Name extends string>(
  sources: readonly Place<Id, Name, string>[],
  config: Readonly<Record<Name, string>>,
): Record<Id, string> {
  return recordOf(sources, ({ id, topicVariable }) => [id, config[topicVariable]]);
}

/** The addresses that a configuration names, by source. */
export function urlsOf<Id extends string, Name extends string>(
  sources: readonly Place<Id, string, Name>[],
  config: Readonly<Record<Name, string>>,
): Record<Id, string> {
  return recordOf(sources, ({ id, urlVariable }) => [id, config[urlVariable]]);
}

/** One entry for each row. */
function recordOf<Row, Key extends string, Value>(
  rows: readonly Row[],
  entryOf: (row: Row) => [Key, Value],
): Record<Key, Value> {
  return Object.fromEntries(rows.map(entryOf)) as Record<Key, Value>;
}
