import { writeFileSync } from "node:fs";
import path from "node:path";
import { picture } from "../../simulation/page/picture";
import { recordStack } from "../../simulation/record-stack";
import { simulate } from "../../simulation/simulate";

/** The picture of prod, beside this file. */
export const PICTURE = path.join(__dirname, "prod.svg");

export async function prodPicture(): Promise<string> {
  const recording = await recordStack("prod");
  return picture(simulate("prod", recording, recording.cloud));
}

if (require.main === module) {
  void prodPicture().then((svg) => {
    writeFileSync(PICTURE, svg);
  });
}
