// Lines built from parts, joined, split again, their fields read and changed.

function changed(line) {
  const fields = line.split(";");
  if (fields.length !== 3) return line;
  const [id, name, value] = fields;
  const number = Number(value);
  if (Number.isNaN(number)) return line;
  return `${name.toUpperCase().replaceAll(" ", "_")}=${number * 2} (${id.trim()})`;
}

const lines = [];
for (let n = 1; n <= 200000; n++) lines.push(`${n};name ${(n * 31) % 1009};${(n * n) % 10007}`);
const result = lines
  .join("\n")
  .split("\n")
  .map(changed)
  .filter((line) => line.startsWith("NAME_1") || line.includes("=77"));
const text = result.join(",");
console.log(`${result.length} ${Buffer.byteLength(text)}`);
console.log(text.slice(0, 60));
