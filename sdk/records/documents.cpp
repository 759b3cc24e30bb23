#include <lotbridge/records.hpp>

#include <algorithm>

#include "shapes.hpp"
#include "shapes_trade.hpp"

namespace lotbridge {
namespace records {
namespace {

struct TypeName {
  std::string_view name, path;
};
// In the order of DocumentType. An erasure comes from connectors only, closing a transfer is a call
// on it, so these have no path.
constexpr std::array<TypeName, static_cast<std::size_t>(kLastDocumentType)> kTypes = {{
    {"item", "items"},
    {"policy", "policies"},
    {"receipt", "receipts"},
    {"order", "orders"},
    {"pick", "picks"},
    {"cancellation", "cancellations"},
    {"dispatch", "dispatches"},
    {"return", "returns"},
    {"hold", "holds"},
    {"release", "releases"},
    {"transfer", "transfers"},
    {"count", "counts"},
    {"adjustment", "adjustments"},
    {"erasure", ""},
    {"transformation", "transformations"},
    {"lot_correction", "lot-corrections"},
    {"purchase_order", "purchase-orders"},
    {"charge", "charges"},
    {"resolution", "resolutions"},
    {"owner_transfer", "owner-transfers"},
    {"recall", "recalls"},
    {"transfer_close", ""},
}};

// What every document has around its body. `command` false and true differ from absent.
struct Envelope {
  DocumentType expected{};
  std::string type, owner, source, id;
  Maybe<Timestamp> at;
  Maybe<bool> command;
  std::string attributes;
};

}  // namespace

template <>
struct Shape<Envelope> {
  // The type is known before; a key that repeats it must not contradict.
  static bool read_type(Reader& reader, Value& value, Envelope& out) {
    if (!Row<&Envelope::type, Name>::read(reader, value, out)) return false;
    if (!out.type.empty() && out.type != document_type_name(out.expected))
      reader.fault("Must be the type that is asked for here.");
    return true;
  }
  static constexpr std::array kFields = {
      Field<Envelope>{"type", false, &read_type, &Row<&Envelope::type, Name>::write,
                      &Row<&Envelope::type, Name>::same},
      may_be<&Envelope::owner, Name>("owner"),
      may_be<&Envelope::source, Name>("source"),
      may_be<&Envelope::id, Name>("id"),
      may_be<&Envelope::at, Moment>("at"),
      may_be<&Envelope::command, Flag>("command"),
      may_be<&Envelope::attributes, FreeObject>("attributes"),
  };
};

namespace {

void take(Envelope& envelope, Document& out) {
  out.owner = std::move(envelope.owner);
  if (!envelope.source.empty()) out.source = std::move(envelope.source);
  out.id = std::move(envelope.id);
  out.at = envelope.at;
  out.command = envelope.command;
  out.attributes = std::move(envelope.attributes);
}

template <typename T>
void read_body(Reader& reader, Value& value, Document& out) {
  simdjson::ondemand::object object;
  if (!reader.object(value, object)) return;
  T& body = out.body.emplace<T>();
  Envelope envelope;
  envelope.expected = out.type();
  Lookup<T> body_keys;
  Lookup<Envelope> envelope_keys;
  Seen body_seen, envelope_seen;
  each_member(reader, object, [&](std::string_view key, Value& member) {
    if (read_member(reader, body_keys, body_seen, key, member, body)) return;
    if (!read_member(reader, envelope_keys, envelope_seen, key, member, envelope))
      refuse_member(reader, key, member);
  });
  if (reader.dead()) return;
  if constexpr (std::is_same_v<T, Item>) {
    if ((envelope_seen.given & bit_of<Envelope>("id")) == 0) envelope.id = body.sku;
  } else {
    if ((envelope_seen.given & bit_of<Envelope>("id")) == 0) reader.fault_at("id", "Is required.");
  }
  finish_shape(reader, body_seen, body);
  take(envelope, out);
}

template <std::size_t kIndex = 0>
void read_as(Reader& reader, DocumentType type, Value& value, Document& out) {
  if constexpr (kIndex < std::variant_size_v<Body>) {
    if (static_cast<std::size_t>(type) == kIndex + 1)
      return read_body<std::variant_alternative_t<kIndex, Body>>(reader, value, out);
    read_as<kIndex + 1>(reader, type, value, out);
  }
}

Result<Document> read_whole(Maybe<DocumentType> type, std::string_view json,
                            const ReadLimits& limits) {
  Reader reader(limits);
  Text text(reader, json);
  Document out;
  if (!type) {
    if (const auto name = text.word(reader, "type")) type = document_type(*name);
    if (!type && reader.faultless())
      reader.fault_at("type", "Must name the type of the document, like \"order\".");
  }
  Value value;
  if (!type) {
    text.only_judge(reader);
  } else if (text.root(reader, value)) {
    read_as(reader, *type, value, out);
  }
  text.finish(reader);
  if (!reader.faultless()) return reader.problem();
  return out;
}

// ---------------------------------------------------------------- writing

struct WriteWhat {
  bool type = false;
  bool envelope = true;  // owner, source, at, command
};

// An item keeps what its sender wrote apart from what it left to the defaults.
void write_given(JsonWriter& writer, const Item& item) {
  static const Item kDefaults;
  for (const auto& field : Shape<Item>::kFields) {
    const bool given =
        std::find(item.given.begin(), item.given.end(), field.key) != item.given.end();
    if (given || !field.same(item, kDefaults)) field.write(writer, field.key, item);
  }
}

std::string write_whole(const Document& document, WriteWhat what) {
  JsonWriter writer;
  writer.open('{');
  if (what.type) {
    writer.key("type");
    writer.text(document_type_name(document.type()));
  }
  if (what.envelope && !document.owner.empty()) {
    writer.key("owner");
    writer.text(document.owner);
  }
  if (what.envelope) {
    writer.key("source");
    writer.text(document.source);
  }
  writer.key("id");
  writer.text(document.id);
  if (what.envelope && document.at) {
    writer.key("at");
    Moment::write(writer, *document.at);
  }
  if (what.envelope && document.command) {
    writer.key("command");
    writer.boolean(*document.command);
  }
  std::visit(
      [&](const auto& body) {
        if constexpr (std::is_same_v<std::decay_t<decltype(body)>, Item>) {
          if (what.envelope) return write_given(writer, body);
        }
        write_members(writer, body);
      },
      document.body);
  if (!document.attributes.empty()) {
    writer.key("attributes");
    writer.raw(document.attributes);
  }
  writer.close('}');
  return writer.take();
}

}  // namespace
}  // namespace records

Maybe<DocumentType> document_type(std::string_view singular_name) {
  for (std::size_t i = 0; i < records::kTypes.size(); ++i)
    if (records::kTypes[i].name == singular_name) return static_cast<DocumentType>(i + 1);
  return std::nullopt;
}

Maybe<DocumentType> document_type_of_path(std::string_view path) {
  for (std::size_t i = 0; i < records::kTypes.size(); ++i)
    if (!path.empty() && records::kTypes[i].path == path) return static_cast<DocumentType>(i + 1);
  return std::nullopt;
}

std::string_view document_type_name(DocumentType type) {
  return records::kTypes[static_cast<std::size_t>(type) - 1].name;
}

std::string_view document_type_path(DocumentType type) {
  return records::kTypes[static_cast<std::size_t>(type) - 1].path;
}

Result<Document> read_document(DocumentType type, std::string_view json, const ReadLimits& limits) {
  return records::read_whole(type, json, limits);
}

Result<Document> read_typed_document(std::string_view json, const ReadLimits& limits) {
  return records::read_whole(std::nullopt, json, limits);
}

Result<PolicyKnobs> read_policy(std::string_view json) {
  const ReadLimits limits;
  records::Reader reader(limits);
  records::Text text(reader, json);
  PolicyKnobs out;
  records::Value value;
  if (text.root(reader, value)) records::read_object(reader, value, out);
  text.finish(reader);
  if (!reader.faultless()) return reader.problem();
  return out;
}

std::string write_document(const Document& document, bool with_type) {
  return records::write_whole(document, {.type = with_type, .envelope = true});
}

std::string write_content(const Document& document) {
  return records::write_whole(document, {.type = false, .envelope = false});
}

std::string write_policy(const PolicyKnobs& knobs) {
  JsonWriter writer;
  records::ObjectOf<PolicyKnobs>::write(writer, knobs);
  return writer.take();
}

}  // namespace lotbridge
