// A Fibonacci number of tens of thousands of digits, by addition, and as text.

let a = 0n;
let b = 1n;
for (let i = 0; i < 200000; i++) [a, b] = [b, a + b];
const text = a.toString();
console.log(`${text.length} ${text.slice(0, 20)} ${text.slice(-20)}`);
