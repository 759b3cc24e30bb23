// A recording proxy: stands between every client of an end-to-end test and the daemon, passes bytes on unchanged, and
// keeps each exchange for the judge (judge.mjs). It never changes an answer, so a test without it sees the same
// daemon.
import { createServer, request } from 'node:http';

export class Proxy {
  constructor(target) {
    this.target = new URL(target);
    this.exchanges = [];
    this.server = createServer((incoming, outgoing) => this.pass(incoming, outgoing));
  }

  async listen(port = 0) {
    await new Promise((done) => this.server.listen(port, '127.0.0.1', done));
    this.url = `http://127.0.0.1:${this.server.address().port}`;
    return this.url;
  }

  close() {
    this.server.closeAllConnections();
    return new Promise((done) => this.server.close(done));
  }

  pass(incoming, outgoing) {
    const exchange = { method: incoming.method, path: incoming.url, type: incoming.headers['content-type'] ?? '' };
    // The answer may be complete before the body is: a daemon refuses a large one at its head.
    const sent = [];
    incoming.on('data', (chunk) => sent.push(chunk));
    const onward = request(
      { host: this.target.hostname, port: this.target.port, method: incoming.method, path: incoming.url, headers: incoming.headers },
      (answer) => {
        exchange.status = answer.statusCode;
        exchange.answerType = answer.headers['content-type'] ?? '';
        const chunks = [];
        answer.on('data', (chunk) => chunks.push(chunk));
        answer.on('end', () => {
          exchange.body = Buffer.concat(sent).toString('utf8');
          exchange.answer = Buffer.concat(chunks).toString('utf8');
          this.exchanges.push(exchange);
        });
        // Killed in the middle of its answer: the client must see that it was cut, not wait for the rest.
        answer.on('close', () => answer.complete || outgoing.destroy());
        answer.on('error', () => outgoing.destroy());
        outgoing.writeHead(answer.statusCode, answer.rawHeaders);
        answer.pipe(outgoing);
      },
    );
    // A daemon that was just killed: the client sees a broken connection, as it would without us. One that has
    // answered already may close its side while we still pass on the body.
    onward.on('error', () => exchange.status === undefined && outgoing.destroy());
    incoming.on('error', () => onward.destroy());
    incoming.pipe(onward);
  }
}
