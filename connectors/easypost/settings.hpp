// What the configuration says about one EasyPost account.
#pragma once

#include <string>

#include <lotbridge/json.hpp>

namespace lotbridge::easypost {

struct Settings {
  explicit Settings(const Json& settings)
      : mode(settings["mode"].text()),
        label_field(settings["label_field"].text_or("print_custom_1")),
        label_code(settings["label_code"].text_maybe()),
        label_barcode(settings["label_barcode"].boolean_or(false)),
        reference_limit(settings["reference_limit"].integer_maybe()),
        lookback_days(settings["lookback_days"].integer_or(45)) {}

  std::string mode;  // test | production
  std::string label_field;
  Maybe<std::string> label_code;
  bool label_barcode = false;
  Maybe<std::int64_t> reference_limit;
  std::int64_t lookback_days = 45;
};

}  // namespace lotbridge::easypost
