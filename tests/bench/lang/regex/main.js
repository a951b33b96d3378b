// A log of a hundred thousand lines: those that match one expression, what another one finds in them.

function line(n) {
  const route = n % 4 === 0 ? "orders" : "items";
  const status = n % 7 === 0 ? "503" : "200";
  return `2026-11-26T10:00:00Z host${n % 20} GET /${route}/${n * 31}?page=2 ${status} ${(n * n) % 900}ms`;
}

const all = Array.from({ length: 100000 }, (_, n) => line(n));
const failures = all.filter((line) => /(GET|POST) \/items\/[0-9]+\S* 5[0-9][0-9]/.test(line));
let times = 0;
for (const line of all) {
  const found = /[0-9]+ms/.exec(line);
  if (found) times += Number(found[0].replaceAll("ms", ""));
}
const hidden = failures.map((line) => line.replaceAll(/[0-9]+/g, "N")).join("");
console.log(`${failures.length} ${times} ${Buffer.byteLength(hidden)}`);
