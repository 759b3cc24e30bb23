// Checks a JSON value against the part of JSON Schema that descriptors use for their settings.
//
// Known: type (one or a list), required, properties, additionalProperties, items, enum, const,
// pattern, minLength, maxLength, minimum, maximum, minItems, maxItems, anyOf; title, description,
// default, examples say nothing. A schema with any other keyword is refused, so that nothing is
// silently left unchecked. Stateless; any thread.
#pragma once

#include <string>
#include <vector>

#include <lotbridge/json.hpp>
#include <lotbridge/status.hpp>

namespace lotbridge::host {

// Faults of the schema itself; pointers into the schema.
std::vector<FieldError> check_schema(const Json& schema);
// Faults of the value; pointers into the value, behind `at`.
std::vector<FieldError> check_against(const Json& schema, const Json& value, const std::string& at);

}  // namespace lotbridge::host
