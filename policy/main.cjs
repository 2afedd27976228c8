// The CLI starts a pack with ts-node, which checks all types on every preview. They are taken off
// instead, as the program's are; npm run check checks them.
Reflect.deleteProperty(require.extensions, ".ts");
require("../register.cjs");
require("./pack.ts");
