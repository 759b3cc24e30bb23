// An opened account of a connector, wherever its code runs.
//
// The runner knows only this: today the code runs in this process; one that runs in a child process
// is another implementation, with the same statuses. One call at a time.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include <lotbridge/status.hpp>

#include "daemon/host/call.hpp"
#include "daemon/host/files.hpp"
#include "daemon/host/loader.hpp"

namespace lotbridge::host {

class Instance {
 public:
  virtual ~Instance() = default;
  // The status that the operation returned; LB_UNSUPPORTED where the connector does not offer it.
  virtual lb_status run(const std::string& operation, RunningCall& call,
                        std::string_view input_json) = 0;
};

// Opens without any I/O. `files` may be null. The ending says why there is no instance.
struct OpenedInstance {
  std::unique_ptr<Instance> instance;
  RunningCall::Ending ending;
};
OpenedInstance open_in_process(std::shared_ptr<const Loaded> connector,
                               const CallEnvironment& environment,
                               std::unique_ptr<FilesInstance> files, std::string settings_json);

}  // namespace lotbridge::host
