import assert from "node:assert/strict";
import { settingChanges } from "../../compare/setting-changes";

describe("What a change does to the configuration", () => {
  it("tells keys that are gone, have another default, or are new, and what the stack sets", () => {
    const before = {
      keys: { gone: "a", days: 31, region: null, same: true },
      values: { gone: "a", days: "31", region: "r1", same: "true", odd: "1" },
    };
    const after = {
      keys: { added: [], days: 15, region: null, same: true },
      values: { added: "[]", days: "15", region: "r2", same: "true" },
    };
    assert.deepEqual(
      settingChanges(before, after).map(({ key, what, before: old, after: wanted }) =>
        [key, what, old, wanted].join(" "),
      ),
      [
        "gone key gone a none",
        "days default 31 15",
        "added key added none []",
        "odd value 1 none",
        "region value r1 r2",
      ],
    );
  });

  it("tells a value beside a changed default where the stack sets it", () => {
    const side = (days: number, set: string) => ({ keys: { days }, values: { days: set } });
    assert.deepEqual(
      settingChanges(side(31, "7"), side(15, "8")).map(({ what, before, after }) => [
        what,
        before,
        after,
      ]),
      [
        ["default", "31", "15"],
        ["value", "7", "8"],
      ],
    );
  });
});
