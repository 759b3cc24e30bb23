// An opened account of a connector, wherever its code runs.
//
// The runner knows only this; whether the code runs in this process or in one of its own makes no
// difference to the statuses. One call at a time.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include <lotbridge/status.hpp>

#include "daemon/host/call.hpp"
#include "daemon/host/child.hpp"
#include "daemon/host/files.hpp"
#include "daemon/host/loader.hpp"

namespace lotbridge::host {

class Instance {
 public:
  virtual ~Instance() = default;
  // The status that the operation returned; LB_UNSUPPORTED where the connector does not offer it.
  virtual lb_status run(const std::string& operation, RunningCall& call,
                        std::string_view input_json) = 0;
  // Not empty: the process in which it ran has ended, and why. No operation runs any more.
  virtual const std::string& death() const = 0;
  // It holds a process, which an account that has nothing to do should not.
  virtual bool costs_a_process() const = 0;
};

// Opens without any I/O. `files` may be null. The ending says why there is no instance.
struct OpenedInstance {
  std::unique_ptr<Instance> instance;
  RunningCall::Ending ending;
};
OpenedInstance open_in_process(std::shared_ptr<const Loaded> connector,
                               const CallEnvironment& environment,
                               std::unique_ptr<FilesInstance> files, std::string settings_json);
OpenedInstance open_in_child(std::shared_ptr<const Loaded> connector,
                             const CallEnvironment& environment,
                             std::unique_ptr<FilesInstance> files, std::string settings_json,
                             const ChildLimits& limits);

}  // namespace lotbridge::host
