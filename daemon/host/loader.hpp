// Finds a connector's file and takes it in: search, checks of the file, the exported constant, its
// descriptor.
//
// A file that others may write, a descriptor that is not the embedded one, or a wrong version is
// refused with one message that says what was found and what to do. What was loaded into this
// process stays mapped until it ends. Any thread.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <lotbridge/connector.h>
#include <lotbridge/status.hpp>

#include "daemon/host/descriptor.hpp"
#include "daemon/host/isolation.hpp"

namespace lotbridge::host {

// Which bytes a file held when it was looked at; another mark, another file.
struct FileMark {
  std::uint64_t device = 0, inode = 0, size = 0;
  std::int64_t changed_ns = 0, beside_changed_ns = 0;  // of the file, of its descriptor
  bool operator==(const FileMark&) const = default;
};

struct Loaded {
  std::string file;
  FileMark mark;
  Descriptor descriptor;
  std::vector<std::string> operations;
  const lb_connector* table = nullptr;  // only where it was loaded into this process
  std::string missing;  // walls of its own process that this machine does not permit; empty: none

  bool offers(const std::string& operation) const;
  lb_op_fn find(const std::string& operation) const;  // null: not offered, or not loaded here
};

// Looks for TYPE/TYPE.so and TYPE/VERSION/TYPE.so in each folder; the first folder that has one
// counts, and in it the greatest version. With `process` none of its code runs here: a process of
// its own is asked what it offers, once per file.
Result<std::shared_ptr<const Loaded>> load_connector(const std::vector<std::string>& folders,
                                                     const std::string& type, Isolation isolation);

// The mark of the file that load_connector would take now; nullopt: there is none.
std::optional<FileMark> connector_mark(const std::vector<std::string>& folders,
                                       const std::string& type);

}  // namespace lotbridge::host
