// node server.mjs PORT: what the documentation of Node says a graceful stop is.
import { createServer } from 'node:http';

let hits = 0;
const server = createServer((_, response) => response.end(`Hello World! ${++hits} times.`));
process.on('SIGTERM', () => server.close());
server.listen(Number(process.argv[2]), '127.0.0.1');
