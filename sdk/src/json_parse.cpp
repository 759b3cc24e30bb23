#include <simdjson.h>
#include <lotbridge/failure.hpp>
#include <lotbridge/json.hpp>

#include "json_tree.hpp"

namespace lotbridge {
namespace {

namespace ondemand = simdjson::ondemand;
constexpr std::size_t kMaxDepth = 200;

// Internal to one parse; becomes a Failure at its end, so that no simdjson type leaves this file.
[[noreturn]] void broken(const std::string& pointer, const char* what) {
  throw Failure(LB_BAD_RECORD, std::string("this is not well-formed JSON: ") + what, pointer);
}

bool is_number(std::string_view text) {
  std::size_t at = 0;
  const auto digits = [&] {
    const std::size_t from = at;
    while (at < text.size() && text[at] >= '0' && text[at] <= '9') ++at;
    return at - from;
  };
  if (at < text.size() && text[at] == '-') ++at;
  const bool zero = at < text.size() && text[at] == '0';
  const std::size_t whole = digits();
  if (whole == 0 || (zero && whole > 1)) return false;
  if (at < text.size() && text[at] == '.') {
    ++at;
    if (digits() == 0) return false;
  }
  if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
    ++at;
    if (at < text.size() && (text[at] == '+' || text[at] == '-')) ++at;
    if (digits() == 0) return false;
  }
  return at == text.size();
}

class Builder {
 public:
  Builder(JsonTree& tree, ondemand::document& document) : tree_(tree), document_(document) {}

  void root() {
    const std::uint32_t node = add(JsonNode::kNone);
    const auto type = check(node, document_.type());
    if (type == ondemand::json_type::object || type == ondemand::json_type::array) {
      ondemand::value value = check(node, document_.get_value());
      container(node, value, type, 0);
    } else {
      scalar(node, document_, type);
    }
    if (tree_.source.find_last_not_of(" \t\r\n") + 1 != tree_.nodes[node].end) {
      broken("", "something follows after its end");
    }
  }

 private:
  template <typename T>
  T check(std::uint32_t node, simdjson::simdjson_result<T> result) {
    if (result.error() != simdjson::SUCCESS) {
      broken(tree_.pointer(node), simdjson::error_message(result.error()));
    }
    return std::move(result).value_unsafe();
  }

  std::uint32_t add(std::uint32_t parent) {
    const auto node = static_cast<std::uint32_t>(tree_.nodes.size());
    tree_.nodes.emplace_back().parent = parent;
    return node;
  }

  std::string_view keep(std::string_view text) {
    const std::size_t at = tree_.strings.size();
    tree_.strings += text;
    return std::string_view(tree_.strings).substr(at);
  }

  std::uint32_t offset(const char* at) const {
    return static_cast<std::uint32_t>(at - tree_.source.data());
  }

  template <typename V>
  std::string_view token(std::uint32_t node, V& value) {
    std::string_view text;
    if constexpr (std::is_same_v<V, ondemand::document>) {
      text = check(node, value.raw_json_token());
    } else {
      text = value.raw_json_token();
    }
    while (!text.empty() && static_cast<unsigned char>(text.back()) <= ' ') text.remove_suffix(1);
    return text;
  }

  template <typename V>
  void scalar(std::uint32_t node, V& value, ondemand::json_type type) {
    const std::string_view raw = token(node, value);
    JsonNode read = tree_.nodes[node];
    read.begin = offset(raw.data());
    read.end = read.begin + static_cast<std::uint32_t>(raw.size());
    switch (type) {
      case ondemand::json_type::string:
        read.type = Json::Type::text;
        read.text = keep(check(node, value.get_string()));
        break;
      case ondemand::json_type::boolean:
        read.type = Json::Type::boolean;
        read.text = check(node, value.get_bool()) ? "true" : "false";
        break;
      case ondemand::json_type::number:
        read.type = Json::Type::number;
        read.text = raw;
        if (!is_number(raw)) broken(tree_.pointer(node), "a number is misspelt");
        skip_number(value);
        break;
      default:
        read.type = Json::Type::null;
        if (raw != "null") broken(tree_.pointer(node), "a word that is no value");
        if (!null(node, value)) broken(tree_.pointer(node), "a word that is no value");
    }
    tree_.nodes[node] = read;
  }

  template <typename V>
  bool null(std::uint32_t node, V& value) {
    if constexpr (std::is_same_v<decltype(value.is_null()), bool>) {
      return value.is_null();
    } else {
      return check(node, value.is_null());
    }
  }

  // The parser only moves on once a value has been read. How large the number is does not matter:
  // its digits are kept.
  template <typename V>
  void skip_number(V& value) {
    static_cast<void>(value.get_double().error());
  }

  void container(std::uint32_t node, ondemand::value value, ondemand::json_type type,
                 std::size_t depth) {
    if (depth >= kMaxDepth) broken(tree_.pointer(node), "it is nested too deeply");
    tree_.nodes[node].begin = offset(value.raw_json_token().data());
    std::uint32_t last = JsonNode::kNone;
    if (type == ondemand::json_type::object) {
      tree_.nodes[node].type = Json::Type::object;
      ondemand::object object = check(node, value.get_object());
      for (auto item : object) {
        ondemand::field field = check(node, std::move(item));
        const std::uint32_t child = child_of(node, last);
        tree_.nodes[child].keyed = true;
        tree_.nodes[child].key = keep(check(child, field.unescaped_key()));
        any(child, field.value(), depth + 1);
        last = child;
      }
    } else {
      tree_.nodes[node].type = Json::Type::array;
      ondemand::array array = check(node, value.get_array());
      for (auto item : array) {
        const std::uint32_t child = child_of(node, last);
        any(child, check(child, std::move(item)), depth + 1);
        last = child;
      }
    }
    tree_.nodes[node].end = end_of_value();
  }

  std::uint32_t child_of(std::uint32_t node, std::uint32_t last) {
    const std::uint32_t child = add(node);
    tree_.nodes[child].index = tree_.nodes[node].children++;
    (last == JsonNode::kNone ? tree_.nodes[node].first_child : tree_.nodes[last].next) = child;
    return child;
  }

  void any(std::uint32_t node, ondemand::value value, std::size_t depth) {
    const auto type = check(node, value.type());
    if (type == ondemand::json_type::object || type == ondemand::json_type::array) {
      container(node, value, type, depth);
    } else {
      scalar(node, value, type);
    }
  }

  // The parser stands at the next token; between it and the closing bracket is white space only.
  std::uint32_t end_of_value() {
    std::size_t end = tree_.source.size();
    const auto location = document_.current_location();
    if (location.error() == simdjson::SUCCESS) {
      end = std::min<std::size_t>(end, offset(location.value_unsafe()));
    }
    while (end > 0 && static_cast<unsigned char>(tree_.source[end - 1]) <= ' ') --end;
    return static_cast<std::uint32_t>(end);
  }

  JsonTree& tree_;
  ondemand::document& document_;
};

}  // namespace

Json Json::parse(std::string text) {
  if (text.size() >= JsonNode::kNone) broken("", "it is too large");
  auto tree = std::make_shared<JsonTree>();
  tree->source = std::move(text);
  tree->source.reserve(tree->source.size() + simdjson::SIMDJSON_PADDING);
  tree->strings.reserve(tree->source.size());
  thread_local ondemand::parser parser;
  ondemand::document document;
  const auto error = parser
                         .iterate(simdjson::padded_string_view(
                             tree->source.data(), tree->source.size(), tree->source.capacity()))
                         .get(document);
  if (error != simdjson::SUCCESS) broken("", simdjson::error_message(error));
  Builder(*tree, document).root();
  return Json(std::move(tree), 0, {});
}

}  // namespace lotbridge
