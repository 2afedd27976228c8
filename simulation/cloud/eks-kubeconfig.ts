import { at, type Properties, textAt } from "../resource";

/**
 * A kubeconfig as pulumi-eks writes it (`generateKubeconfig`): how to get a token, and no token. Its
 * names are the same for every cluster, so two of them cannot be merged.
 */
export function kubeconfig(cluster: Properties): Properties {
  const [, , , region] = textAt(cluster, "arn").split(":");
  const getToken = ["eks", "get-token", "--cluster-name", cluster.name, "--output", "json"];
  return {
    apiVersion: "v1",
    clusters: [
      {
        cluster: {
          server: cluster.endpoint,
          "certificate-authority-data": at(cluster, "certificateAuthority.data"),
        },
        name: "kubernetes",
      },
    ],
    contexts: [{ context: { cluster: "kubernetes", user: "aws" }, name: "aws" }],
    "current-context": "aws",
    kind: "Config",
    users: [
      {
        name: "aws",
        user: {
          exec: {
            apiVersion: "client.authentication.k8s.io/v1beta1",
            command: "aws",
            args: ["--region", region, ...getToken],
            env: [
              {
                name: "KUBERNETES_EXEC_INFO",
                value: '{"apiVersion": "client.authentication.k8s.io/v1beta1"}',
              },
            ],
          },
        },
      },
    ],
  };
}
