// YAML as JSON text: plain scalars become null, booleans and numbers as YAML's core schema says,
// quoted ones stay text. Only for .cpp files that read YAML anyway.
#pragma once

#include <yaml-cpp/yaml.h>

#include <string>

namespace lotbridge::app {

std::string json_of(const YAML::Node& node);

}  // namespace lotbridge::app
