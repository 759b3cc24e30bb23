#include <lotbridge/cassette.hpp>

#include <algorithm>
#include <fstream>
#include <sstream>

#include <yaml-cpp/yaml.h>
#include <lotbridge/failure.hpp>
#include <lotbridge/json.hpp>

namespace lotbridge {
namespace {

std::string low(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  return out;
}

std::string bucket_of(const HttpRequest& request) {
  return request.bucket.empty() ? "default" : request.bucket;
}

// Members sorted, white space gone: two texts that mean the same are the same.
std::string canonical(const Json& json) {
  std::string out;
  if (json.is_object()) {
    auto members = json.members();
    std::sort(members.begin(), members.end(),
              [](const auto& a, const auto& b) { return a.first < b.first; });
    for (const auto& [key, value] : members) {
      out += (out.empty() ? "{" : ",") + json_quoted(key) + ":" + canonical(value);
    }
    return out.empty() ? "{}" : out + "}";
  }
  if (json.is_array()) {
    for (const Json& item : json.items()) out += (out.empty() ? "[" : ",") + canonical(item);
    return out.empty() ? "[]" : out + "]";
  }
  return json.is_text() ? json_quoted(json.text_view()) : std::string(json.raw());
}

// The text itself where it is no JSON.
std::string comparable(const std::string& body) {
  try {
    return canonical(Json::parse(body));
  } catch (const Failure&) {
    return body;
  }
}

const std::string* header_of(const HttpRequest& request, const std::string& name) {
  for (const HttpHeader& header : request.headers) {
    if (low(header.name) == low(name)) return &header.value;
  }
  return nullptr;
}

}  // namespace

std::vector<std::string> differences(const Exchange& recorded, const HttpRequest& asked) {
  std::vector<std::string> out;
  const auto differ = [&](const std::string& what, const std::string& was, const std::string& is) {
    if (was != is) out.push_back(what + "\n  recorded: " + was + "\n  asked:    " + is);
  };
  differ("method", recorded.request.method, asked.method);
  differ("url", recorded.request.url, asked.url);
  for (const HttpHeader& header : recorded.request.headers) {
    const std::string* value = header_of(asked, header.name);
    differ("header " + header.name, header.value, value ? *value : "(none)");
  }
  for (const std::string& piece : recorded.body_has) {
    if (asked.body.find(piece) == std::string::npos) {
      out.push_back("body\n  must have: " + piece + "\n  asked:     " + asked.body);
    }
  }
  if (recorded.body_has.empty())
    differ("body", comparable(recorded.request.body), comparable(asked.body));
  return out;
}

namespace {

std::string text_of(const YAML::Node& node) {
  return node && !node.IsNull() ? node.as<std::string>() : "";
}

std::vector<HttpHeader> headers_of(const YAML::Node& node) {
  std::vector<HttpHeader> out;
  if (!node) return out;
  for (const auto& item : node)
    out.push_back({item.first.as<std::string>(), item.second.as<std::string>()});
  return out;
}

void only_keys(const YAML::Node& node, std::initializer_list<std::string_view> known) {
  for (const auto& item : node) {
    const std::string key = item.first.as<std::string>();
    if (std::find(known.begin(), known.end(), key) == known.end()) {
      throw YAML::Exception(item.first.Mark(), "unknown key '" + key + "'");
    }
  }
}

Exchange exchange_of(const YAML::Node& node) {
  only_keys(node, {"request", "reply"});
  const YAML::Node request = node["request"], reply = node["reply"];
  if (!request || !reply)
    throw YAML::Exception(node.Mark(), "an exchange needs 'request' and 'reply'");
  only_keys(request, {"method", "url", "headers", "body", "body_has", "bucket"});
  only_keys(reply, {"code", "headers", "body"});
  Exchange out;
  if (request["method"]) out.request.method = request["method"].as<std::string>();
  out.request.url = text_of(request["url"]);
  out.request.headers = headers_of(request["headers"]);
  out.request.body = text_of(request["body"]);
  out.request.bucket = text_of(request["bucket"]);
  if (request["body_has"]) out.body_has = request["body_has"].as<std::vector<std::string>>();
  if (reply["code"]) out.code = reply["code"].as<int>();
  out.headers = headers_of(reply["headers"]);
  out.body = text_of(reply["body"]);
  return out;
}

// Quoted scalars are texts; plain ones are what JSON takes them for, else texts too.
std::string json_of(const YAML::Node& node) {
  std::string out;
  if (node.IsMap()) {
    for (const auto& item : node) {
      out += (out.empty() ? "{" : ",") + json_quoted(item.first.as<std::string>()) + ":" +
             json_of(item.second);
    }
    return out.empty() ? "{}" : out + "}";
  }
  if (node.IsSequence()) {
    for (const auto& item : node) out += (out.empty() ? "[" : ",") + json_of(item);
    return out.empty() ? "[]" : out + "]";
  }
  if (!node.IsDefined() || node.IsNull()) return "null";
  const std::string text = node.Scalar();
  const bool plain = node.Tag() != "!";
  if (plain && (text == "true" || text == "false")) return text;
  if (plain && !text.empty() && Quantity::parse(text)) return text;
  return json_quoted(text);
}

// JSON is YAML already; only one that spans lines is indented.
std::string json_if_given(const YAML::Node& node) {
  if (!node) return "";
  return node.IsScalar() && node.Scalar().starts_with("{") ? node.Scalar() : json_of(node);
}

std::map<std::string, std::string> texts_of(const YAML::Node& node) {
  std::map<std::string, std::string> out;
  if (!node) return out;
  for (const auto& item : node) out.emplace(item.first.as<std::string>(), text_of(item.second));
  return out;
}

void put_text(YAML::Emitter& out, const char* key, const std::string& text) {
  if (text.empty()) return;
  out << YAML::Key << key << YAML::Value;
  if (text.find('\n') != std::string::npos) out << YAML::Literal;
  out << text;
}

void put_headers(YAML::Emitter& out, const std::vector<HttpHeader>& headers) {
  if (headers.empty()) return;
  out << YAML::Key << "headers" << YAML::Value << YAML::BeginMap;
  for (const HttpHeader& header : headers)
    out << YAML::Key << header.name << YAML::Value << header.value;
  out << YAML::EndMap;
}

}  // namespace

Result<std::string> yaml_as_json(const std::string& yaml) {
  try {
    return json_of(YAML::Load(yaml));
  } catch (const YAML::Exception& error) {
    return Problem{"bad_yaml", error.what(), {}};
  }
}

Result<Cassette> Cassette::read(std::string_view yaml) {
  try {
    const YAML::Node root = YAML::Load(std::string(yaml));
    Cassette out;
    only_keys(root,
              {"operation", "settings", "input", "now", "secrets", "files", "exchanges", "again"});
    out.operation = text_of(root["operation"]);
    out.settings = json_if_given(root["settings"]);
    out.input = json_if_given(root["input"]);
    out.now = text_of(root["now"]);
    out.ends = text_of(root["ends"]);
    out.secrets = texts_of(root["secrets"]);
    out.files = texts_of(root["files"]);
    for (const auto& node : root["exchanges"]) out.exchanges.push_back(exchange_of(node));
    for (const auto& node : root["again"]) out.again.push_back(exchange_of(node));
    return out;
  } catch (const YAML::Exception& error) {
    return Problem{"bad_cassette", std::string("the cassette can't be read: ") + error.what(), {}};
  }
}

Result<Cassette> Cassette::load(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return Problem{"bad_cassette", "the cassette " + path + " can't be opened", {}};
  std::ostringstream text;
  text << file.rdbuf();
  auto read = Cassette::read(text.str());
  if (!read.ok()) read.problem().detail = path + ": " + read.problem().detail;
  return read;
}

namespace {

void put_exchanges(YAML::Emitter& out, const char* key, const std::vector<Exchange>& exchanges) {
  out << YAML::Key << key << YAML::Value << YAML::BeginSeq;
  for (const Exchange& exchange : exchanges) {
    out << YAML::BeginMap << YAML::Key << "request" << YAML::Value << YAML::BeginMap;
    put_text(out, "method", exchange.request.method);
    put_text(out, "url", exchange.request.url);
    if (bucket_of(exchange.request) != "default") put_text(out, "bucket", exchange.request.bucket);
    put_headers(out, exchange.request.headers);
    put_text(out, "body", exchange.request.body);
    if (!exchange.body_has.empty()) {
      out << YAML::Key << "body_has" << YAML::Value << exchange.body_has;
    }
    out << YAML::EndMap << YAML::Key << "reply" << YAML::Value << YAML::BeginMap;
    out << YAML::Key << "code" << YAML::Value << exchange.code;
    put_headers(out, exchange.headers);
    put_text(out, "body", exchange.body);
    out << YAML::EndMap << YAML::EndMap;
  }
  out << YAML::EndSeq;
}

void put_texts(YAML::Emitter& out, const char* key,
               const std::map<std::string, std::string>& texts) {
  if (texts.empty()) return;
  out << YAML::Key << key << YAML::Value << YAML::BeginMap;
  for (const auto& [name, text] : texts) put_text(out, name.c_str(), text);
  out << YAML::EndMap;
}

}  // namespace

std::string Cassette::write() const {
  YAML::Emitter out;
  out << YAML::BeginMap;
  put_text(out, "operation", operation);
  put_text(out, "settings", settings);
  put_text(out, "input", input);
  put_text(out, "now", now);
  put_text(out, "ends", ends);
  put_texts(out, "secrets", secrets);
  put_texts(out, "files", files);
  put_exchanges(out, "exchanges", exchanges);
  if (!again.empty()) put_exchanges(out, "again", again);
  out << YAML::EndMap;
  return std::string(out.c_str()) + "\n";
}

CassettePlayer::CassettePlayer(Cassette cassette)
    : cassette_(std::move(cassette)), played_(cassette_.exchanges.size(), false) {}

Result<HttpReply> CassettePlayer::play(const HttpRequest& request) {
  const Exchange* nearest = nullptr;
  std::vector<std::string> nearest_differs;
  bool first = true;
  for (std::size_t n = 0; n < played_.size(); ++n) {
    const Exchange& recorded = cassette_.exchanges[n];
    if (played_[n] || bucket_of(recorded.request) != bucket_of(request)) continue;
    auto differs = differences(recorded, request);
    if (first && differs.empty()) {
      played_[n] = true;
      return HttpReply(recorded.code, recorded.headers, recorded.body);
    }
    if (!nearest || differs.size() < nearest_differs.size()) {
      nearest = &recorded;
      nearest_differs = std::move(differs);
    }
    first = false;
  }
  std::string detail =
      request.method + " " + request.url + " is not what comes next in the cassette";
  if (!nearest) {
    detail += "; nothing is left in bucket " + bucket_of(request);
  } else if (nearest_differs.empty()) {
    detail += "; it was recorded for later";
  }
  for (const std::string& line : nearest_differs) detail += "\n" + line;
  return Problem{"no_such_exchange", detail, {}};
}

std::string CassettePlayer::unplayed() const {
  std::string out;
  for (std::size_t n = 0; n < played_.size(); ++n) {
    const HttpRequest& request = cassette_.exchanges[n].request;
    if (!played_[n]) out += request.method + " " + request.url + "\n";
  }
  return out;
}

// ---------------------------------------------------------------- redaction

namespace {

bool is_personal(std::string_view key) {
  static constexpr std::string_view kKeys[] = {
      "email",      "contact_email", "contactemail", "phone",       "phonenumber", "first_name",
      "last_name",  "firstname",     "lastname",     "address1",    "address2",    "address",
      "street",     "city",          "zip",          "postal_code", "postalcode",  "postcode",
      "company",    "latitude",      "longitude",    "ip",          "browser_ip",  "clientip",
      "user_agent", "note",          "customer_note"};
  const std::string name = low(key);
  return std::find(std::begin(kKeys), std::end(kKeys), name) != std::end(kKeys);
}

// Names of people are taken out only where a person is described: products and shops have names
// too.
bool is_person(std::string_view key) {
  const std::string name = low(key);
  return name.find("customer") != std::string::npos || name.find("address") != std::string::npos ||
         name == "destination" || name == "ship_to" || name == "recipient";
}

std::string cleaned(const Json& json, bool person) {
  std::string out;
  if (json.is_object()) {
    for (const auto& [key, value] : json.members()) {
      const bool hide = is_personal(key) || (person && (key == "name" || key == "displayName"));
      out += (out.empty() ? "{" : ",") + json_quoted(key) + ":";
      out += hide && value.is_text() ? "\"redacted\"" : cleaned(value, is_person(key));
    }
    return out.empty() ? "{}" : out + "}";
  }
  if (json.is_array()) {
    for (const Json& item : json.items()) out += (out.empty() ? "[" : ",") + cleaned(item, person);
    return out.empty() ? "[]" : out + "]";
  }
  return std::string(json.raw());
}

std::string cleaned_body(const std::string& body) {
  try {
    return cleaned(Json::parse(body), false);
  } catch (const Failure&) {
    return body;
  }
}

void clean_headers(std::vector<HttpHeader>& headers) {
  for (HttpHeader& header : headers) {
    const std::string name = low(header.name);
    const bool credential = name.find("authorization") != std::string::npos ||
                            name.find("cookie") != std::string::npos ||
                            name.find("token") != std::string::npos ||
                            name.find("-key") != std::string::npos;
    if (credential && header.value.find("{{secret:") == std::string::npos)
      header.value = "redacted";
  }
}

}  // namespace

Exchange redacted(Exchange exchange) {
  clean_headers(exchange.request.headers);
  clean_headers(exchange.headers);
  exchange.request.body = cleaned_body(exchange.request.body);
  exchange.body = cleaned_body(exchange.body);
  return exchange;
}

}  // namespace lotbridge
