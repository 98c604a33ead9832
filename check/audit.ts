import { runProgram } from "../stack/run-program.ts";

/** What the registry knows against our packages. */
export type Audit =
  | { readonly kind: "clean" }
  | { readonly kind: "vulnerable"; readonly report: string }
  /** There is no registry, or it offers no audit. */
  | { readonly kind: "unknown"; readonly why: string };

/** `bun audit`: an advisory of high severity or worse against a package that is used. */
export async function audit(project: string): Promise<Audit> {
  const done = await runProgram([process.execPath, "audit", "--audit-level=high"], { cwd: project });
  const output = done?.output.trim() ?? "";
  if (done?.exitCode === 0) return { kind: "clean" };
  const unreachable = /^error: (POST .*|.*(refused|resolve|timed out|ENOTFOUND).*)$/im.exec(output);
  if (unreachable !== null) return { kind: "unknown", why: output.match(/\b[45]\d\d$/m)?.[0] ?? "no answer" };
  return { kind: "vulnerable", report: output };
}
