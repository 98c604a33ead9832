import type { ServiceProcess } from "./service-process.ts";

/**
 * What `/metrics` of a service says of one metric: the sum over all its series that have the labels; 0 when there is none.
 *
 * @param name - as it stands there; of a histogram with `_sum`, `_count` or `_bucket`
 */
export async function metricOf(
  { url }: Pick<ServiceProcess, "url">,
  name: string,
  labels: Readonly<Record<string, string>> = {},
): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  const wanted = Object.entries(labels).map(([label, value]) => `${label}="${value}"`);
  return text
    .split("\n")
    .filter((line) => line.startsWith(`${name}{`) && wanted.every((label) => line.includes(label)))
    .reduce((sum, line) => sum + Number(line.split(" ").at(-1)), 0);
}
