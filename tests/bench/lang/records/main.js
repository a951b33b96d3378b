// A hundred thousand records grouped by a key with sums, and sorted by a number and a text, three times.

function people(size, seed) {
  const done = [];
  for (let id = size; id > 0; id--) {
    seed = (seed * 69069 + 1) % 4294967296;
    const number = Math.floor(seed / 65536);
    done.push({ id, name: "name" + (number % 5000), city: "city" + (number % 500), amount: number % 1000 });
  }
  return done;
}

const ordered = (a, b) => (a < b ? -1 : a > b ? 1 : 0);

for (let round = 0; round < 3; round++) {
  const list = people(100000, 42 + round);
  const groups = new Map();
  for (const person of list) {
    const group = groups.get(person.city) ?? { city: person.city, count: 0, sum: 0 };
    group.count++;
    group.sum += person.amount;
    groups.set(person.city, group);
  }
  const [largest] = [...groups.values()].sort((a, b) => b.sum - a.sum || ordered(a.city, b.city));
  const sorted = list.toSorted((a, b) => b.amount - a.amount || ordered(a.name, b.name) || a.id - b.id);
  const checksum = sorted.reduce((sum, person) => (sum * 31 + person.id) % 1000003, 0);
  console.log(`${largest.city} ${largest.count} ${largest.sum} ${checksum}`);
}
