// A page of a thousand rows from records, texts escaped, five hundred times.

const entities = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
const escaped = (text) => text.replace(/[&<>"]/g, (it) => entities[it]);

const row = ({ id, name, price, sold }) =>
  `<tr id="p${id}" class="${sold ? "sold" : "free"}"><td>${id}</td><td>${escaped(name)}</td><td>${price}</td></tr>\n`;

const page = (title, products) =>
  `<html><head><title>${escaped(title)}</title></head><body><table>\n${products.map(row).join("")}</table></body></html>\n`;

const products = Array.from({ length: 1000 }, (_, i) => {
  const id = i + 1;
  return { id, name: `Nuts & bolts <${(id * 37) % 1000}>`, price: (id * 13) % 10000, sold: id % 5 === 0 };
});
let bytes = 0;
for (let n = 0; n < 500; n++) bytes += Buffer.byteLength(page(`Page ${n} & more`, products));
console.log(`${bytes}`);
