// Orders written as ten megabytes of JSON, and read back, a few times.

function order(id) {
  const items = [];
  let total = 0.125;
  for (let n = 0; n <= id % 4; n++) {
    const item = { price: ((id * 7 + n * 13) % 1000) + 0.25, quantity: n + 1, sku: `sku-${(id * n) % 9973}` };
    items.push(item);
    total += item.price;
  }
  return { customer: `customer "${id % 977}" & sons`, id, items, paid: id % 3 === 0, total };
}

let text = JSON.stringify(Array.from({ length: 60000 }, (_, i) => order(i + 1)));
for (let i = 0; i < 3; i++) text = JSON.stringify(JSON.parse(text));
let total = 0;
for (const order of JSON.parse(text)) for (const item of order.items) total += item.quantity;
console.log(`${Buffer.byteLength(text)} ${total}`);
