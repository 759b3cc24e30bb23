// What belongs to a connector: its file, the descriptor beside it, its recordings, validate.yaml.
//
// Read as data: nothing of the connector is loaded here. Plain values.
#pragma once

#include <map>
#include <string>
#include <vector>

#include <lotbridge/cassette.hpp>
#include <lotbridge/status.hpp>

namespace lotbridge::connector_tool {

// One recording, as something that can be run again.
struct Scenario {
  std::string name;       // the cassette's file name without .yaml: "orders_pull"
  std::string file;       // its path
  std::string operation;  // "orders.pull/1"
  std::string input;      // JSON
  Cassette tape;

  bool is_pull() const { return operation.find(".pull/") != std::string::npos; }
  bool is_webhook() const { return operation == "webhook.receive/1"; }
  bool is_instruction() const;
};

struct Package {
  std::string file;        // the shared object, absolute
  std::string folder;      // of recordings and validate.yaml
  std::string descriptor;  // the text beside the file; empty where there is none
  std::string descriptor_file;
  std::vector<Scenario> scenarios;
  std::map<std::string, std::string> switched_off;              // pattern of test ids -> reason
  std::map<std::string, std::vector<std::string>> old_cursors;  // operation -> JSON texts
};

// `recordings` is the folder that holds cassettes/ and validate.yaml; empty: the file's own folder.
Result<Package> read_package(const std::string& file, const std::string& recordings);

// "orders_pull" -> "orders.pull/1".
std::string operation_of_name(const std::string& name);
std::string text_of_file(const std::string& path);

}  // namespace lotbridge::connector_tool
