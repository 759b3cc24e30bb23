// Recorded exchanges with a platform, as a YAML text that people read and review.
//
// A cassette holds what a connector asked for, with {{secret:NAME}} still unfilled, and what the
// platform answered. A player gives the answers back strictly in order per rate-limit bucket; a
// request that differs is refused with the nearest recorded one beside it. Plain values; a player
// is used by one thread at a time.
//
//   exchanges:
//     - request: {method: GET, url: "https://demo.acme.example/orders?after="}
//       reply: {code: 200, headers: {content-type: application/json}, body: '{"orders": []}'}
//
// A file may say what was run to get it, so that anybody can run it again: `operation`, `settings`,
// `input`, the time `now`, the `files` that waited, and made-up `secrets` that sign webhooks.
// `ends` is the status where it did not end well. `again` holds what was exchanged when the same
// operation ran a second time.
//
// A request's `headers` name only those that must be the same; `body` is compared as JSON where
// both are JSON; `body_has` lists pieces that must be in it instead. `bucket` is "default" where it
// is left out.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <lotbridge/http.hpp>
#include <lotbridge/status.hpp>

namespace lotbridge {

struct Exchange {
  HttpRequest request;  // bucket "" counts as "default"
  std::vector<std::string> body_has;
  int code = 200;
  std::vector<HttpHeader> headers;
  std::string body;
};

struct Cassette {
  std::string operation;        // "orders.pull/1"
  std::string settings, input;  // JSON; written in the file as YAML
  std::string now;              // RFC 3339
  std::string ends;             // how it ended: "bad_record"; empty: well
  std::map<std::string, std::string> secrets, files;
  std::vector<Exchange> exchanges, again;

  static Result<Cassette> read(std::string_view yaml);
  static Result<Cassette> load(const std::string& path);
  std::string write() const;
};

// Takes personal data and credentials out of an exchange before it is kept: cookies and credentials
// in headers, and the values of JSON keys that name a person, an address or a way to reach them.
// Ids and quantities stay.
Exchange redacted(Exchange exchange);

// Does this request ask for what was recorded? Empty, or what differs, a paragraph each.
std::vector<std::string> differences(const Exchange& recorded, const HttpRequest& asked);

// A YAML text as JSON: quoted scalars are texts, plain ones what JSON takes them for. The problem
// says where the text is broken.
Result<std::string> yaml_as_json(const std::string& yaml);

class CassettePlayer {
 public:
  explicit CassettePlayer(Cassette cassette);

  // The answer that comes next, or a problem (code "no_such_exchange") that shows request and
  // candidate.
  Result<HttpReply> play(const HttpRequest& request);
  // What was recorded but not asked for, one line each; empty when all was played.
  std::string unplayed() const;

 private:
  Cassette cassette_;
  std::vector<bool> played_;
};

}  // namespace lotbridge
