#include "settings.hpp"

#include <lotbridge/failure.hpp>

namespace lotbridge::vendure {
namespace {

bool is_name(std::string_view text) {
  constexpr std::string_view kLetters =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789";
  return !text.empty() && text.find_first_not_of(kLetters) == std::string_view::npos &&
         (text[0] < '0' || text[0] > '9');
}

// A name that stands in the text of a query.
Maybe<std::string> name_in(const Json& value) {
  const auto name = value.text_maybe();
  if (name && !is_name(*name)) {
    throw Failure(LB_CONFIG, "Must be a name as GraphQL has it.", value.path());
  }
  return name;
}

Maybe<std::string> argument(const Json& value, const char* otherwise) {
  if (!value.exists() && otherwise != nullptr) return otherwise;
  return value.text_maybe();
}

}  // namespace

Settings::Settings(const Json& settings)
    : endpoint("https://" + settings["server"].text() + settings["path"].text_or("/admin-api")),
      username(settings["username"].text_or("")),
      by_api_key(settings["login"].text_or("password") == "api_key"),
      write_stock(settings["write_stock"].boolean_or(false)),
      theirs(settings["fulfilments"].text_or("ours") == "theirs"),
      channel_token(settings["channel_token"].text_maybe()),
      channel(settings["channel"].text_maybe()),
      warehouse(settings["warehouse"].text_maybe()),
      note(settings["note"].text_or("private")) {
  constexpr std::string_view kHost = "abcdefghijklmnopqrstuvwxyz0123456789-.:";
  if (settings["server"].text_view().empty() ||
      settings["server"].text_view().find_first_not_of(kHost) != std::string_view::npos) {
    throw Failure(LB_CONFIG, "Must be the server's domain, like shop.example.com.", "/server");
  }
  if (!by_api_key && username.empty()) {
    throw Failure(LB_CONFIG, "Must be the administrator's name.", "/username");
  }
  const Json own = settings["handler"];
  handler.code = own["code"].text_or("manual-fulfillment");
  handler.method = argument(own["method"], "method");
  handler.tracking_code = argument(own["tracking_code"], "trackingCode");
  handler.lots = argument(own["lots"], nullptr);
  const Json names = settings["fields"];
  fields.order = name_in(names["order"]);
  fields.order_text = name_in(names["order_text"]);
  fields.line = name_in(names["line"]);
  fields.line_text = name_in(names["line_text"]);
  fields.fulfillment = name_in(names["fulfillment"]);
  if (const Json places = settings["stock_locations"]) {
    for (const auto& [id, warehouse_name] : places.members()) {
      stock_locations[std::string(id)] = warehouse_name.text();
    }
  }
}

}  // namespace lotbridge::vendure
