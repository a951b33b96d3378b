// Nothing: what it takes is the start of a process.

console.log("ready");
