// Recursion a million calls deep that is no tail call: a chain built from its end and added up from its end.

const chain = (n, seed) => (n === 0 ? null : { n: seed, rest: chain(n - 1, (seed * 31 + n) % 1000003) });
const sum = (link) => (link === null ? 0 : (link.n + 3 * sum(link.rest)) % 1000003);

let total = 0;
for (let left = 10; left > 0; left--) total = sum(chain(1000000, total + left));
console.log(`${total}`);
