import js from "@eslint/js";
import tseslint from "typescript-eslint";

export default tseslint.config(
  { ignores: ["node_modules/", "services/task-service/", "**/*.mjs", "**/*.cjs"] },
  js.configs.recommended,
  tseslint.configs.strictTypeChecked,
  tseslint.configs.stylisticTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true } },
    linterOptions: { reportUnusedDisableDirectives: "error", noInlineConfig: true },
    rules: {
      // A Pulumi resource does its work by being constructed.
      "no-new": "off",
      // The Kubernetes client declares what it sends as classes, and takes plain objects.
      "@typescript-eslint/no-unsafe-class-instance-assignment": "off",
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "@typescript-eslint/switch-exhaustiveness-check": "error",
    },
  },
  {
    // Scripts of the pages, which run in a browser.
    files: ["simulation/page/*-in-page.js"],
    extends: [tseslint.configs.disableTypeChecked],
    languageOptions: { globals: { document: "readonly" } },
  },
);
