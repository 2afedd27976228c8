import assert from "node:assert/strict";
import { KEYS } from "../../config/keys";
import { volumeChanges, type VolumeInputs } from "../../components/monitoring-stack/volume-changes";
import {
  claimNames,
  isClaimOf,
  VOLUME_PARTS,
  volumes,
} from "../../components/monitoring-stack/volumes";

const SIZES = { prometheus: 50, alertmanager: 2, grafana: 10 };
const BEFORE: VolumeInputs = { namespace: "prometheus", replicas: 2, volumes: SIZES };
const WITHOUT: VolumeInputs = { namespace: "prometheus", replicas: 2 };

const resized = (changes: Partial<typeof SIZES>): VolumeInputs => ({
  ...BEFORE,
  volumes: { ...SIZES, ...changes },
});

describe("a change of the volumes", () => {
  it("that is none says and does nothing", () => {
    const nothing = { refusals: [], warnings: [], grown: [] };
    assert.deepEqual(volumeChanges(BEFORE, { ...BEFORE }), nothing);
    assert.deepEqual(volumeChanges(WITHOUT, { ...WITHOUT, replicas: 1 }), nothing);
    assert.deepEqual(volumeChanges(BEFORE, { ...BEFORE, replicas: 3 }), nothing);
  });

  for (const part of VOLUME_PARTS) {
    const { key } = volumes[part];
    it(`refuses a smaller ${key}, with the command that sets it back`, () => {
      const old = SIZES[part];
      const { refusals } = volumeChanges(BEFORE, resized({ [part]: 1 }));
      assert.equal(refusals.length, 1);
      assert.match(
        refusals[0] ?? "",
        new RegExp(
          `^${key} must be ${old} or more, because Kubernetes cannot shrink a claim; got 1\\. Fix: pulumi config set ${key} ${old} `,
        ),
      );
    });

    it(`names the claims that a larger ${key} lets grow`, () => {
      const { refusals, warnings, grown } = volumeChanges(BEFORE, resized({ [part]: 99 }));
      assert.deepEqual([refusals, grown], [[], [part]]);
      assert.equal(warnings.length, 1);
      for (const claim of claimNames(part, 2)) assert.ok(warnings[0]?.includes(claim), claim);
      assert.match(warnings[0] ?? "", /no data is lost/);
    });

    it(`has ${key} among the config keys`, () => {
      assert.ok(key in KEYS);
    });
  }

  it("tells of every volume at once", () => {
    const { refusals, grown } = volumeChanges(
      BEFORE,
      resized({ prometheus: 40, alertmanager: 1, grafana: 20 }),
    );
    assert.deepEqual([refusals.length, grown], [2, ["grafana"]]);
  });

  it("names the claims that fewer replicas leave behind, and how to delete them", () => {
    const { warnings, grown } = volumeChanges(
      { ...BEFORE, replicas: 3 },
      { ...BEFORE, replicas: 1 },
    );
    const left = [...claimNames("prometheus", 3, 1), ...claimNames("alertmanager", 3, 1)];
    assert.equal(left.length, 4);
    assert.deepEqual(grown, []);
    assert.ok(warnings[0]?.endsWith(`kubectl delete pvc -n prometheus ${left.join(" ")}`));
  });

  it("names the claims that persistence leaves behind when it is switched off", () => {
    const { warnings, grown } = volumeChanges(BEFORE, WITHOUT);
    const left = VOLUME_PARTS.flatMap((part) => claimNames(part, 2));
    assert.equal(left.length, 5);
    assert.deepEqual(grown, []);
    assert.ok(warnings[0]?.endsWith(`kubectl delete pvc -n prometheus ${left.join(" ")}`));
  });

  it("tells what a database of Grafana's, switched off or on, leaves behind and begins with", () => {
    const { grafana, ...without } = SIZES;
    assert.ok(grafana);
    const off = volumeChanges(BEFORE, { ...BEFORE, volumes: without });
    assert.match(
      off.warnings[0] ?? "",
      /^Grafana without a volume: .*kubectl delete pvc -n prometheus kube-prometheus-stack-grafana$/,
    );
    assert.deepEqual([off.refusals, off.grown, off.warnings.length], [[], [], 1]);
    const on = volumeChanges({ ...BEFORE, volumes: without }, BEFORE);
    assert.match(on.warnings[0] ?? "", /^Grafana with a volume: .*emptyDirs, is lost/);
    assert.deepEqual(on.grown, ["grafana"]);
  });

  it("says what is lost when persistence is switched on, and lets earlier claims grow", () => {
    const { warnings, grown } = volumeChanges(WITHOUT, BEFORE);
    assert.match(warnings[0] ?? "", /emptyDirs, is lost/);
    assert.deepEqual(grown, VOLUME_PARTS);
  });

  it("knows a claim by its name, of whichever replica", () => {
    for (const part of VOLUME_PARTS) {
      const [name = ""] = claimNames(part, 1);
      assert.ok(isClaimOf(part, name));
      assert.ok(!isClaimOf(part, `${name}-x`));
      assert.ok(!VOLUME_PARTS.some((other) => other !== part && isClaimOf(other, name)));
    }
    assert.ok(isClaimOf("prometheus", claimNames("prometheus", 8)[7] ?? ""));
  });
});
