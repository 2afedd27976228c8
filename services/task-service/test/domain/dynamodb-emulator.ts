import { CreateTableCommand, DynamoDBClient, waitUntilTableExists } from "@aws-sdk/client-dynamodb";
import { tableLayout } from "../../src/domain/task-table.js";
import { listen } from "../running-service.js";

export interface DynamoDbEmulator {
  readonly client: DynamoDBClient;
  readonly endpoint: string;
  readonly createTable: (name: string) => Promise<void>;
  readonly stop: () => Promise<void>;
}

/** Any will do for the emulator, but the SDK signs with nothing less. */
export const emulatorCredentials = {
  AWS_ACCESS_KEY_ID: "emulator",
  AWS_SECRET_ACCESS_KEY: "emulator",
};

/** Starts dynalite on a loopback port. Undefined where it, or the native code it needs, is not. */
export async function startEmulator(): Promise<DynamoDbEmulator | undefined> {
  const dynalite = await import("dynalite").catch(() => undefined);
  if (dynalite === undefined) return undefined;
  Object.assign(process.env, emulatorCredentials);
  const { url, stop } = await listen(dynalite.default({ createTableMs: 0 }));
  const client = new DynamoDBClient({ region: "ap-northeast-1", endpoint: url });
  return {
    client,
    endpoint: url,
    createTable: async (name) => {
      await client.send(new CreateTableCommand(tableLayout(name)));
      await waitUntilTableExists({ client, maxWaitTime: 10, minDelay: 0.1 }, { TableName: name });
    },
    stop: async () => {
      client.destroy();
      await stop();
    },
  };
}
