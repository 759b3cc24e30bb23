// The walls of a connector's process, put up in two steps.
//
// A static constructor of a connector is foreign code already. So shut_in() comes before its file
// is opened: no sockets, programs, processes or signals to others, and of the file system only the
// library folders and the connector's own, to read. seal() comes after it: no opening of files at
// all, and nothing but the few system calls that computing and talking over the socket need. A
// forbidden call ends the process, with its number as the last word on the socket. What this kernel
// does not permit is said in `missing`, never passed over. One thread, once per process.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace lotbridge::connector_host {

struct Walls {
  int fd = 3;                    // the socket to the daemon
  std::size_t memory_bytes = 0;  // of address space; 0: no limit
  std::string folder;            // the connector's own
};

class Sandbox {
 public:
  explicit Sandbox(const Walls& walls);
  ~Sandbox();
  Sandbox(const Sandbox&) = delete;
  Sandbox& operator=(const Sandbox&) = delete;

  void shut_in();
  void seal();

  int landlock_abi() const { return landlock_abi_; }
  const std::string& missing() const { return missing_; }  // empty: all walls stand

 private:
  void limit();
  void shut_file_system();
  void lacks(const std::string& what);

  const Walls walls_;
  void* sealed_ = nullptr;  // the second filter, made before foreign code runs
  int landlock_abi_ = 0;
  std::string missing_;
};

}  // namespace lotbridge::connector_host
