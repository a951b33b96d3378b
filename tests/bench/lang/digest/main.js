// SHA-256 and Base64: a chain of short digests, as tokens are, and digests of three megabytes.

const { createHash } = require("node:crypto");

const sha256 = (data, encoding) => createHash("sha256").update(data).digest(encoding);

const data = Buffer.from("0123456789abcdef".repeat(200000));
let text = "start";
for (let left = 100000; left > 0; left--) text = sha256(`${text}:${left}`, "base64");
console.log(text);
text = "";
for (let i = 0; i < 10; i++) text = sha256(Buffer.concat([data, Buffer.from(text)]), "hex");
console.log(text);
console.log(`${Buffer.from(data.toString("base64"), "base64").length}`);
