// A reader of GraphQL documents: operations, variables, selections, fragments and values. It reads the
// whole executable syntax that an API client sends; type system definitions are not its business.

const PUNCTUATION = '!$()[]{}:=@|&';

export class GraphqlError extends Error {
  constructor(message, extensions) {
    super(message);
    this.extensions = extensions;
  }
}

function fail(message) {
  throw new GraphqlError(message, { code: 'parseError' });
}

function tokenize(text) {
  const tokens = [];
  let at = 0;
  while (at < text.length) {
    const c = text[at];
    if (/[\s,\ufeff]/.test(c)) at += 1;
    else if (c === '#') while (at < text.length && text[at] !== '\n') at += 1;
    else if (text.startsWith('...', at)) at = push(tokens, 'punct', '...', at + 3);
    else if (PUNCTUATION.includes(c)) at = push(tokens, 'punct', c, at + 1);
    else if (c === '"') at = readString(text, at, tokens);
    else {
      const match = /^(?:[_A-Za-z]\w*|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)/.exec(text.slice(at, at + 300));
      if (!match) fail(`Unexpected character ${JSON.stringify(c)}`);
      const kind = /^[_A-Za-z]/.test(match[0]) ? 'name' : 'number';
      at = push(tokens, kind, match[0], at + match[0].length);
    }
  }
  tokens.push({ kind: 'end', text: 'end of document' });
  return tokens;
}

function push(tokens, kind, text, next) {
  tokens.push({ kind, text });
  return next;
}

function readString(text, at, tokens) {
  if (text.startsWith('"""', at)) {
    const end = text.indexOf('"""', at + 3);
    if (end < 0) fail('Unterminated string');
    return push(tokens, 'string', text.slice(at + 3, end).trim(), end + 3);
  }
  const match = /^"(?:[^"\\\n]|\\.)*"/.exec(text.slice(at));
  if (!match) fail('Unterminated string');
  return push(tokens, 'string', JSON.parse(match[0]), at + match[0].length);
}

class Reader {
  constructor(text) {
    this.tokens = tokenize(text);
    this.at = 0;
  }

  peek(text) {
    const token = this.tokens[this.at];
    return (token.kind === 'punct' || token.kind === 'name') && token.text === text;
  }

  take() {
    return this.tokens[this.at++];
  }

  accept(text) {
    if (!this.peek(text)) return false;
    this.at += 1;
    return true;
  }

  expect(text) {
    if (!this.accept(text)) fail(`Expected "${text}", found "${this.tokens[this.at].text}"`);
  }

  name() {
    const token = this.take();
    if (token.kind !== 'name') fail(`Expected a name, found "${token.text}"`);
    return token.text;
  }

  document() {
    const document = { operations: [], fragments: {} };
    while (this.tokens[this.at].kind !== 'end') {
      if (this.peek('fragment')) {
        const fragment = this.fragment();
        document.fragments[fragment.name] = fragment;
      } else {
        document.operations.push(this.operation());
      }
    }
    if (document.operations.length === 0) fail('The document holds no operation');
    return document;
  }

  operation() {
    if (this.peek('{')) return { kind: 'query', name: null, variables: [], selections: this.selections() };
    const kind = this.name();
    if (kind !== 'query' && kind !== 'mutation') fail(`Unexpected "${kind}"`);
    const name = this.tokens[this.at].kind === 'name' ? this.name() : null;
    const variables = [];
    if (this.accept('(')) {
      while (!this.accept(')')) variables.push(this.variable());
    }
    this.directives();
    return { kind, name, variables, selections: this.selections() };
  }

  variable() {
    this.expect('$');
    const name = this.name();
    this.expect(':');
    const type = this.type();
    const fallback = this.accept('=') ? this.value() : undefined;
    return { name, type, fallback };
  }

  type() {
    let text;
    if (this.accept('[')) {
      text = `[${this.type()}]`;
      this.expect(']');
    } else {
      text = this.name();
    }
    return this.accept('!') ? `${text}!` : text;
  }

  fragment() {
    this.expect('fragment');
    const name = this.name();
    this.expect('on');
    return { name, type: this.name(), selections: this.selections() };
  }

  selections() {
    const list = [];
    this.expect('{');
    while (!this.accept('}')) list.push(this.selection());
    if (list.length === 0) fail('A selection must not be empty');
    return list;
  }

  selection() {
    if (this.accept('...')) {
      if (this.accept('on')) return { inline: this.name(), selections: this.selections() };
      if (this.peek('{')) return { inline: null, selections: this.selections() };
      return { spread: this.name() };
    }
    let name = this.name();
    let alias = name;
    if (this.accept(':')) {
      alias = name;
      name = this.name();
    }
    const args = {};
    if (this.accept('(')) {
      while (!this.accept(')')) {
        const key = this.name();
        this.expect(':');
        args[key] = this.value();
      }
    }
    const directives = this.directives();
    return { name, alias, args, directives, selections: this.peek('{') ? this.selections() : null };
  }

  directives() {
    const names = [];
    while (this.accept('@')) {
      names.push(this.name());
      if (this.accept('(')) {
        while (!this.accept(')')) {
          this.name();
          this.expect(':');
          this.value();
        }
      }
    }
    return names;
  }

  value() {
    const token = this.take();
    if (token.kind === 'number') return { literal: Number(token.text) };
    if (token.kind === 'string') return { literal: token.text };
    if (token.text === '$') return { variable: this.name() };
    if (token.text === '[') {
      const list = [];
      while (!this.accept(']')) list.push(this.value());
      return { list };
    }
    if (token.text === '{') {
      const object = {};
      while (!this.accept('}')) {
        const key = this.name();
        this.expect(':');
        object[key] = this.value();
      }
      return { object };
    }
    if (token.kind !== 'name') fail(`Expected a value, found "${token.text}"`);
    if (token.text === 'true' || token.text === 'false') return { literal: token.text === 'true' };
    if (token.text === 'null') return { literal: null };
    return { enumeration: token.text };
  }
}

// The document as { operations, fragments }; throws GraphqlError on bad syntax.
export function parse(text) {
  return new Reader(String(text)).document();
}
