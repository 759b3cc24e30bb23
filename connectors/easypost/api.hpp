// Talks to EasyPost: the key as Basic credentials without a password, bodies wrapped by the
// object's name, and every object's mode compared with ours.
#pragma once

#include <string>

#include <lotbridge/sdk.hpp>

#include "settings.hpp"

namespace lotbridge::easypost {

class Api {
 public:
  explicit Api(const Settings& settings) : settings_(settings) {}

  // One object or list. Throws the Failure that fits; an answer that is none is LB_RETRY.
  Json get(Call&, const std::string& path, const std::string& what, bool list = false);
  // `wrap`: the object's name. `harmless`: the platform gives back what is there already.
  Json send(Call&, const std::string& method, const std::string& path, const std::string& wrap,
            const JsonText& object, const std::string& what, bool harmless = false);

  // Throws LB_CONFIG where the object belongs to the other mode: the key is of the wrong kind.
  void must_be_ours(const Json& object) const;
  bool is_ours(const Json& object) const;

 private:
  Json exchange(Call&, const HttpRequest&, const std::string& what);

  const Settings& settings_;
};

}  // namespace lotbridge::easypost
