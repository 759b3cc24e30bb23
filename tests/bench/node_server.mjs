// The reference of row 6: what a small integration would do. Checks the signature, parses, answers, keeps nothing.
import { createHmac, timingSafeEqual } from 'node:crypto';
import { createServer } from 'node:http';

const [port, secret] = process.argv.slice(2);
createServer((request, response) => {
  const parts = [];
  request.on('data', (part) => parts.push(part));
  request.on('end', () => {
    const body = Buffer.concat(parts);
    const wanted = createHmac('sha256', secret).update(body).digest();
    const given = Buffer.from(request.headers['x-shopify-hmac-sha256'] ?? '', 'base64');
    const good = given.length === wanted.length && timingSafeEqual(given, wanted) && JSON.parse(body).id;
    response.writeHead(good ? 200 : 401, { 'Content-Type': 'application/json' });
    response.end('{}');
  });
}).listen(Number(port), '127.0.0.1');
