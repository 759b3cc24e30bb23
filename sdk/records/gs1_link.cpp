// GS1 Digital Links: the label as a web address. Identity lies in path and query, never in the
// domain.
#include <algorithm>

#include "gs1_check.hpp"
#include "gs1_table.hpp"

namespace lotbridge {

namespace gs1 {

namespace {

std::vector<std::string_view> split(std::string_view text, char between) {
  std::vector<std::string_view> out;
  while (true) {
    const std::size_t end = text.find(between);
    out.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return out;
    text.remove_prefix(end + 1);
  }
}

int hex(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// In a query a plus is a space, in the path it is itself.
std::string decoded(std::string_view text, bool query) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size() && hex(text[i + 1]) >= 0 && hex(text[i + 2]) >= 0) {
      out += static_cast<char>(hex(text[i + 1]) * 16 + hex(text[i + 2]));
      i += 2;
    } else {
      out += query && text[i] == '+' ? ' ' : text[i];
    }
  }
  return out;
}

std::string encoded(std::string_view text) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const bool alnum = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
    if (alnum || std::string_view("-._~").find(c) != std::string_view::npos) {
      out += c;
    } else {
      const auto byte = static_cast<unsigned char>(c);
      out += {'%', kHex[byte >> 4], kHex[byte & 15]};
    }
  }
  return out;
}

// Whether these AIs are a subsequence of one of the key's rows of qualifiers.
bool in_sequence(const Ai& key, const std::vector<std::string>& qualifiers) {
  for (const std::string_view row : split(key.sequence, '|')) {
    const std::vector<std::string_view> order = split(row, ',');
    auto at = order.begin();
    bool fits = true;
    for (const std::string& qualifier : qualifiers) {
      at = std::find(at, order.end(), qualifier);
      if (at == order.end()) {
        fits = false;
        break;
      }
      ++at;
    }
    if (fits) return true;
  }
  return qualifiers.empty();
}

bool is_qualifier_of(const Ai& key, std::string_view ai) {
  for (const std::string_view row : split(key.sequence, '|')) {
    const std::vector<std::string_view> order = split(row, ',');
    if (std::find(order.begin(), order.end(), ai) != order.end()) return true;
  }
  return false;
}

// A key that begins with a GTIN may come as one of the shorter forms, where that is allowed.
std::string key_value(std::string_view ai, std::string value, const Gs1Options& options) {
  if (options.pad_gtins && ai == "01" && value.size() < 14 && is_gtin(value)) return gtin14(value);
  return value;
}

// The path is read from its end, because a shop's own path may stand before the key.
bool read_path(Gs1Label& label, std::string_view path, const Gs1Options& options,
               const Ai*& key_row) {
  const std::vector<std::string_view> parts = split(path, '/');
  std::vector<std::string> qualifiers;
  std::size_t at = parts.size();
  bool found = false;
  while (at >= 2 && !found) {
    const std::string_view ai = parts[at - 2];
    const Ai* row = is_digits(ai) && !ai.empty() ? find_ai(ai) : nullptr;
    if (row == nullptr) break;
    if (parts[at - 1].empty()) {
      return fail(label, "dl_empty_value", "AI (" + std::string(ai) + ") has no value.");
    }
    at -= 2;
    found = row->link == 'k';
    if (found) {
      key_row = row;
    } else {
      qualifiers.insert(qualifiers.begin(), std::string(ai));
    }
  }
  if (!found) return fail(label, "dl_no_primary_key", "The address names no GS1 key.");
  if (!in_sequence(*key_row, qualifiers)) {
    return fail(label, "dl_bad_qualifier_sequence",
                "What follows the key in the path does not belong there, or not in this order.");
  }
  for (; at < parts.size(); at += 2) {
    std::string value = key_value(parts[at], decoded(parts[at + 1], false), options);
    if (!add_element(label, parts[at], std::move(value))) return false;
  }
  return true;
}

bool read_query(Gs1Label& label, std::string_view query, const Ai& key) {
  for (const std::string_view pair : split(query, '&')) {
    const std::size_t equals = pair.find('=');
    const std::string ai = decoded(pair.substr(0, equals), true);
    if (ai.empty() || !is_digits(ai)) continue;  // the shop's own
    const Ai* row = find_ai(ai);
    if (row == nullptr || row->link == '-' || row->link == 'k') {
      return fail(label, "unknown_numeric_query_key", "The query can't name AI (" + ai + ").");
    }
    if (is_qualifier_of(key, ai)) {
      return fail(label, "dl_qualifier_in_query", "AI (" + ai + ") belongs in the path.");
    }
    if (label.find(ai) != nullptr) {
      return fail(label, "duplicate_in_query", "AI (" + ai + ") stands there twice.");
    }
    if (equals == std::string_view::npos || equals + 1 == pair.size()) {
      return fail(label, "dl_empty_value", "AI (" + ai + ") has no value.");
    }
    if (!add_element(label, ai, decoded(pair.substr(equals + 1), true))) return false;
  }
  return true;
}

// The link with one of the elements as its key; empty where the others do not fit beside it.
std::string link_of(const std::vector<Gs1Element>& elements, const Gs1Element& key) {
  const Ai& row = *find_ai(key.ai);
  std::string path = '/' + key.ai + '/' + encoded(key.value);
  std::string query;
  std::vector<Gs1Element> qualifiers;
  for (const Gs1Element& element : elements) {
    if (&element == &key) continue;
    if (is_qualifier_of(row, element.ai)) {
      qualifiers.push_back(element);
      continue;
    }
    const char link = find_ai(element.ai)->link;
    if (link == '-' || link == 'k') return {};
    query += (query.empty() ? '?' : '&') + element.ai + '=' + encoded(element.value);
  }
  for (const std::string_view sequence : split(row.sequence, '|')) {
    const std::vector<std::string_view> order = split(sequence, ',');
    std::string ordered;
    std::size_t placed = 0;
    for (const std::string_view ai : order) {
      for (const Gs1Element& qualifier : qualifiers) {
        if (qualifier.ai != ai) continue;
        ordered += '/' + qualifier.ai + '/' + encoded(qualifier.value);
        ++placed;
      }
    }
    if (placed == qualifiers.size()) return path + ordered + query;
  }
  return {};
}

}  // namespace

bool is_link(std::string_view text) {
  const auto begins = [text](std::string_view scheme) {
    return text.size() > scheme.size() &&
           std::equal(scheme.begin(), scheme.end(), text.begin(), [](char a, char b) {
             return a == (b >= 'A' && b <= 'Z' ? static_cast<char>(b - 'A' + 'a') : b);
           });
  };
  return begins("http://") || begins("https://");
}

bool read_link(Gs1Label& label, std::string_view text, const Gs1Options& options) {
  text = text.substr(0, text.find('#'));
  text.remove_prefix(text.find("//") + 2);
  const std::size_t question = text.find('?');
  const std::string_view before = text.substr(0, question);
  const std::size_t slash = before.find('/');
  if (slash == std::string_view::npos) {
    return fail(label, "dl_no_primary_key", "The address names no GS1 key.");
  }
  const Ai* key = nullptr;
  if (!read_path(label, before.substr(slash + 1), options, key)) return false;
  return question == std::string_view::npos || read_query(label, text.substr(question + 1), *key);
}

}  // namespace gs1

Maybe<std::string> gs1_digital_link(const std::vector<Gs1Element>& elements,
                                    std::string_view domain) {
  for (const Gs1Element& element : elements) {
    const gs1::Ai* row = gs1::find_ai(element.ai);
    if (row == nullptr) return {};
    if (row->link != 'k') continue;
    const std::string link = gs1::link_of(elements, element);
    if (!link.empty()) return std::string(domain) + link;
  }
  return {};
}

}  // namespace lotbridge
