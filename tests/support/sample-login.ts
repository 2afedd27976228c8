/** What a provider of OpenID Connect gives to Grafana, but for the secret. */
export const PROVIDER = {
  clientId: "grafana",
  authUrl: "https://login.example.com/authorize",
  tokenUrl: "https://login.example.com/token",
  apiUrl: "https://login.example.com/userinfo",
};
