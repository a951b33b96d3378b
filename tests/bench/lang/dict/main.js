// A map of a million texts: filled, read, changed, and walked in the order of its keys, which are sorted for that.

const size = 1000000;
const key = (n) => "key" + ((n * 7919) % 1000003);

const map = new Map();
for (let n = 0; n < size; n++) map.set(key(n), n);
for (let n = 0; n < size; n += 3) map.set(key(n), (map.get(key(n)) ?? 0) * 2);
let found = 0;
for (let n = 0; n < size; n++) found += map.get(key(n * 2)) ?? 0;
const inOrder = [...map.keys()].sort().reduce((sum, key) => (sum * 31 + map.get(key)) % 1000003, 0);
console.log(`${map.size} ${found} ${inOrder}`);
