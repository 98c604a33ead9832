import { beforeAll, expect, test } from "bun:test";
import { join } from "node:path";
import { YAML } from "bun";
import { goProgram, whyNoGo } from "./harness/go-program.ts";
import { kubernetesSchemas } from "./harness/kubernetes-schemas.ts";
import { PROJECT } from "./harness/service-process.ts";

interface Container {
  name: string;
  image: string;
  securityContext: object;
  startupProbe?: object;
  livenessProbe?: object;
  readinessProbe?: object;
  resources: { limits?: object };
}

interface Manifest {
  kind: string;
  metadata: { name: string };
  spec: { template: { spec: { containers: Container[]; securityContext: object } } };
}

const KUSTOMIZE = "sigs.k8s.io/kustomize/kustomize/v5@v5.7.1";
const KUBECONFORM = "github.com/yannh/kubeconform/cmd/kubeconform@v0.7.0";
const FOLDERS = ["base", "overlays/production"];
/** Their schemas could not be had. */
const OF_OPERATORS = ["ScaledObject", "TriggerAuthentication", "Kafka", "KafkaNodePool", "KafkaTopic", "KafkaUser"];

const missing = whyNoGo();
let kustomize = "";
let kubeconform = "";
let schemas = "";

beforeAll(async () => {
  if (missing !== undefined) return;
  schemas = await kubernetesSchemas();
  kustomize = await goProgram(KUSTOMIZE);
  kubeconform = await goProgram(KUBECONFORM);
}, 600_000);

async function render(folder: string): Promise<string> {
  const child = Bun.spawn([kustomize, "build", join(PROJECT, "deploy/kubernetes", folder)], { stderr: "pipe" });
  const [text, complaints] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()]);
  if ((await child.exited) !== 0) throw new Error(complaints);
  return text;
}

interface Verdict {
  readonly valid: number;
  /** What is wrong, in words. */
  readonly wrong: readonly string[];
}

async function validate(manifests: string): Promise<Verdict> {
  const child = Bun.spawn(
    [
      ...[kubeconform, "-strict", "-output", "json", "-summary", "-verbose"],
      ...["-schema-location", `${schemas}/{{ .ResourceKind }}{{ .KindSuffix }}.json`],
      ...["-skip", [...OF_OPERATORS, "MongoDBCommunity"].join(",")],
    ],
    { stdin: new Blob([manifests]), stderr: "inherit" },
  );
  const result = JSON.parse(await new Response(child.stdout).text()) as {
    resources: { status: string; name: string; msg: string }[];
    summary: { valid: number };
  };
  const wrong = result.resources.filter(({ status }) => status !== "statusValid" && status !== "statusSkipped");
  return { valid: result.summary.valid, wrong: wrong.map(({ name, msg }) => `${name}: ${msg}`) };
}

const each = test.skipIf(missing !== undefined).each(FOLDERS);

each(
  "kustomize renders %s, and every resource of Kubernetes' own is as its schema says",
  async (folder) => {
    const { valid, wrong } = await validate(await render(folder));
    expect(wrong).toEqual([]);
    expect(valid).toBeGreaterThan(14);
  },
  180_000,
);

test.skipIf(missing !== undefined)(
  "kubeconform with these schemas refuses a field that does not exist",
  async () => {
    const wrong = (await render("base")).replace("readOnlyRootFilesystem: true", "readOnlyRootFileSystem: true");
    expect((await validate(wrong)).wrong).toHaveLength(1);
  },
  180_000,
);

test.skipIf(missing !== undefined)(
  "the four services run as nobody on a read-only file system, with probes and limits",
  async () => {
    const manifests = YAML.parse(await render("overlays/production")) as Manifest[];
    const deployments = manifests.filter(({ kind }) => kind === "Deployment");
    expect(deployments.map(({ metadata }) => metadata.name).sort()).toEqual(
      ["consumer", "dashboard", "producer", "producer-mockoon"].sort(),
    );
    for (const { metadata, spec } of deployments) {
      const pod = spec.template.spec;
      expect(pod.securityContext).toMatchObject({ runAsNonRoot: true, runAsUser: 65_532 });
      expect(pod.containers).toHaveLength(1);
      for (const container of pod.containers) {
        expect(container.image).toBe(`registry.example.com/transactions-pipeline/${metadata.name}:0.1.0`);
        expect(container.securityContext).toMatchObject({
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ["ALL"] },
        });
        for (const probe of ["startupProbe", "livenessProbe", "readinessProbe"] as const)
          expect(container[probe]).toMatchObject({ httpGet: { port: "http" } });
        expect(container.resources.limits).toBeDefined();
      }
    }
    for (const kind of ["PodDisruptionBudget", "Service"])
      expect(manifests.filter((manifest) => manifest.kind === kind)).toHaveLength(4);
  },
  180_000,
);
