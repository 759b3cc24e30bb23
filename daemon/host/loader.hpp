// Finds a connector's file and takes it in: search, checks of the file, the exported constant, its
// descriptor.
//
// A file that others may write, a descriptor that is not the embedded one, or a wrong version is
// refused with one message that says what was found and what to do. What was loaded stays mapped
// until the process ends. Any thread.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include <lotbridge/connector.h>
#include <lotbridge/status.hpp>

#include "daemon/host/descriptor.hpp"

namespace lotbridge::host {

struct Loaded {
  std::string file;
  Descriptor descriptor;
  const lb_connector* table = nullptr;

  std::vector<std::string> operations() const;
  lb_op_fn find(const std::string& operation) const;  // null: not offered
};

// Looks for TYPE/TYPE.so and TYPE/VERSION/TYPE.so in each folder; the first folder that has one
// counts, and in it the greatest version.
Result<std::shared_ptr<const Loaded>> load_connector(const std::vector<std::string>& folders,
                                                     const std::string& type);

}  // namespace lotbridge::host
