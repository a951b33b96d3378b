// An array of a thousand numbers of which many versions are made: each is a copy with one element changed; every
// hundredth is kept.

const total = (list) => list.reduce((sum, n) => (sum * 3 + n) % 1000003, 0);

const first = Array.from({ length: 1000 }, (_, i) => i + 1);
const kept = [];
let sum = 0;
for (let n = 0; n < 300000; n++) {
  const version = first.with(n % 1000, n);
  sum = (sum + version[(n * 7) % 1000]) % 1000003;
  if (n % 100 === 0) kept.push(version);
}
const checksum = kept.reduce((sum, version) => (sum * 31 + total(version)) % 1000003, total(first));
console.log(`${sum} ${checksum}`);
