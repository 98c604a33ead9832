import { resolve } from "node:path";
import { audit } from "./audit.ts";
import { checkLicences } from "./licences.ts";

const PROJECT = resolve(import.meta.dir, "..");

process.exit(await main());

/** Part of `bun run check`: licences of all packages, and known weaknesses where the registry tells them. */
async function main(): Promise<number> {
  const [{ count, wrong }, known] = await Promise.all([checkLicences(PROJECT), audit(PROJECT)]);
  for (const { name, licence } of wrong) process.stderr.write(`licence of ${name}: found ${licence}\n`);
  if (known.kind === "vulnerable") process.stderr.write(`${known.report}\n`);
  const audited = known.kind === "unknown" ? `not audited (the registry offers no audit: ${known.why})` : known.kind;
  process.stdout.write(
    `packages: ${count}, licences: ${wrong.length === 0 ? "permissive" : "see above"}, ${audited}\n`,
  );
  return wrong.length > 0 || known.kind === "vulnerable" || count === 0 ? 1 : 0;
}
