import * as grpc from "@grpc/grpc-js";
import { CallbacksClient } from "@pulumi/pulumi/proto/callback_grpc_pb";
import { type Callback, CallbackInvokeRequest } from "@pulumi/pulumi/proto/callback_pb";

/**
 * Calls functions of the program, as the engine does. The SDK keeps transforms and hooks in a small
 * gRPC server of the program's own process and tells the engine their tokens.
 */
export class Callbacks {
  private readonly clients = new Map<string, CallbacksClient>();

  /** @returns the serialized response; rejects with the message of what the function threw */
  invoke(callback: Callback, request: Uint8Array): Promise<Uint8Array> {
    const message = new CallbackInvokeRequest().setToken(callback.getToken()).setRequest(request);
    return new Promise((resolve, reject) => {
      this.client(callback.getTarget()).invoke(message, (error, response) => {
        if (error) reject(new Error(error.details));
        else resolve(response.getResponse_asU8());
      });
    });
  }

  close(): void {
    this.clients.forEach((client) => {
      client.close();
    });
  }

  private client(target: string): CallbacksClient {
    const client =
      this.clients.get(target) ?? new CallbacksClient(target, grpc.credentials.createInsecure());
    this.clients.set(target, client);
    return client;
  }
}
