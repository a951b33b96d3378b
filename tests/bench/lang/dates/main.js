// Moments written and read as ISO 8601, moved by days, taken apart.

const weigh = (date) =>
  date.getUTCFullYear() * 400 + (date.getUTCMonth() + 1) * 31 + date.getUTCDate() + (((date.getUTCDay() + 6) % 7) + 1);

function moved(text) {
  const date = new Date(text);
  const later = new Date(date.getTime() + 30 * 86400000);
  const day = Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate());
  return weigh(later) + (((later.getTime() - day) / 1000) % 1000);
}

let total = 0;
for (let n = 0; n < 500000; n++) total += moved(new Date((1000000000 + n * 7211) * 1000).toISOString());
console.log(`${total}`);
