import { readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { cacheFolder, makeOnce } from "../../stack/cache-folder.ts";
import { downloadWheel } from "../../stack/download-wheel.ts";
import { noProgress } from "../../stack/progress.ts";

/** A wheel that brings the schemas of Kubernetes' own resources along; those of the operators' are not in it. */
const WHEEL = "kubernetes-validate==1.37.0";
const KUBERNETES = "v1.34.0";

/** @returns a folder with a JSON schema per kind, such as `deployment-apps-v1.json`, that knows no other field */
export async function kubernetesSchemas(): Promise<string> {
  return makeOnce(join(cacheFolder(), `kubernetes-schemas-${KUBERNETES}`), async (folder) => {
    await downloadWheel(WHEEL, folder, "which brings Kubernetes' schemas", noProgress);
    const inside = join(folder, `kubernetes_validate/kubernetes-json-schema/${KUBERNETES}-local-strict`);
    for (const name of readdirSync(inside)) {
      // They refer to each other by addresses under which nobody serves them.
      const { $id: _address, ...schema } = (await Bun.file(join(inside, name)).json()) as Record<string, unknown>;
      const text = JSON.stringify(schema).replaceAll('"/api/_definitions.json', '"_definitions.json');
      await Bun.write(join(folder, name), text);
    }
    for (const name of readdirSync(folder))
      if (!name.endsWith(".json")) rmSync(join(folder, name), { recursive: true, force: true });
  });
}
