// An array of a million numbers mapped, filtered, mapped and folded, twenty times.

const pipeline = (numbers, factor) =>
  numbers
    .map((n) => n * factor + 1)
    .filter((n) => n % 3 !== 0)
    .map((n) => Math.floor(n / 2))
    .reduce((sum, n) => (sum + n) % 1000000007, 0);

const numbers = Array.from({ length: 1000000 }, (_, i) => i + 1);
let sum = 0;
for (let left = 20; left > 0; left--) sum = (sum * 31 + pipeline(numbers, left + (sum % 2))) % 1000000007;
console.log(`${sum}`);
