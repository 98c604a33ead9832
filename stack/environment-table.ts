import { CONSUMER_VARIABLES } from "../consumer/config.ts";
import { SOURCES } from "../contract/sources.ts";
import { DASHBOARD_VARIABLES } from "../dashboard/config.ts";
import { VARIABLES as MOCKOON_VARIABLES } from "../producer-mockoon/config.ts";
import type { Variables } from "../runtime/config.ts";
import { sourceVariables } from "../source/source-variables.ts";

const SERVICES: Readonly<Record<string, Variables>> = {
  ...Object.fromEntries(SOURCES.map((source) => [source.service, sourceVariables(source)])),
  "producer-mockoon": MOCKOON_VARIABLES,
  consumer: CONSUMER_VARIABLES,
  dashboard: DASHBOARD_VARIABLES,
};
/** Shown in this order when they differ from service to service. */
const NAMES = Object.keys(SERVICES);

/** The README's table of environment variables, from the code that reads them. */
export function environmentTable(): string {
  const readers = new Map<string, string[]>();
  for (const [service, variables] of Object.entries(SERVICES)) {
    for (const name of Object.keys(variables)) readers.set(name, [...(readers.get(name) ?? []), service]);
  }
  const rows = [...readers].map(([name, services]) => {
    const variable = SERVICES[services[0] ?? ""]?.[name];
    const defaults = [...new Set(services.map((service) => SERVICES[service]?.[name]?.defaultText))];
    const shown = defaults.map((text) => (text === undefined ? "none" : `\`${text}\``)).join(", ");
    const who = services.length === NAMES.length ? "all" : services.join(", ");
    return `| \`${name}\` | ${variable?.description} | ${variable?.accepted.replaceAll("|", "\\|")} | ${shown} | ${who} |`;
  });
  return ["| variable | what | accepted | default | read by |", "|---|---|---|---|---|", ...rows].join("\n");
}

/** A README with the table between its marks as the code says it now. */
export function withEnvironmentTable(readme: string): string {
  return readme.replace(
    /(<!-- environment -->\n)[\s\S]*?(<!-- \/environment -->)/,
    `$1\n${environmentTable().replaceAll("$", "$$$$")}\n\n$2`,
  );
}

if (import.meta.main) {
  const readme = Bun.file(new URL("../README.md", import.meta.url));
  await Bun.write(readme, withEnvironmentTable(await readme.text()));
}
