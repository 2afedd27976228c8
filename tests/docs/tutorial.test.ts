import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { ROOT } from "../support/simulated";

const read = (page: string): string => readFileSync(path.join(ROOT, "docs", page), "utf8");
const blocks = (text: string): string[] =>
  [...text.matchAll(/^```sh\n(.*?)^```$/gms)].map(([, block = ""]) => block);

/** The commands of the hands-on that ask a cluster something. */
const ORIGINAL = [
  "kubectl get pod -n prometheus",
  "kubectl get ingress kube-prometheus-stack-grafana -n prometheus -o jsonpath='{.status.loadBalancer.ingress[0].hostname}'; echo",
  "kubectl get secret kube-prometheus-stack-grafana -n prometheus -o jsonpath='{.data.admin-password}' | base64 --decode; echo",
  "kubectl get pod -n prod",
  "PROM_POD=$(kubectl get -n prometheus pod -l app.kubernetes.io/name=prometheus -o jsonpath='{.items[0].metadata.name}')",
  "kubectl exec -n prometheus -it $PROM_POD -c prometheus -- cat /etc/prometheus/config_out/prometheus.env.yaml",
];

describe("the tutorial", () => {
  it("has the hands-on's kubectl commands unchanged", () => {
    const lines = blocks(read("tutorial.md")).join("").split("\n");
    for (const command of ORIGINAL) assert.ok(lines.includes(command), command);
  });

  it("says the same in Japanese: the same steps, commands and links", () => {
    const [english, japanese] = [read("tutorial.md"), read("tutorial.ja.md")];
    assert.deepEqual(blocks(japanese), blocks(english));
    const steps = (text: string) => [...text.matchAll(/^## (\d)\./gm)].map(([, step]) => step);
    assert.deepEqual(steps(japanese), steps(english));
    const links = (text: string) =>
      [...text.matchAll(/\]\(([^)]+)\)/g)]
        .map(([, link = ""]) => link)
        .filter((link) => !link.startsWith("tutorial"))
        .sort();
    assert.deepEqual(links(japanese), links(english));
    assert.match(japanese, /母語話者による確認を受けていません/);
  });
});
