#include "daemon/host/instance.hpp"

namespace lotbridge::host {
namespace {

using detail::LentText;

class InProcess final : public Instance {
 public:
  InProcess(std::shared_ptr<const Loaded> connector, std::unique_ptr<FilesInstance> files)
      : connector_(std::move(connector)), files_(std::move(files)) {
    detail::fill_host_table(holder_.table);
    holder_.table.extension = extension;
    holder_.instance = this;
  }
  ~InProcess() override {
    if (instance_ != nullptr) connector_->table->close(instance_);
  }
  InProcess(const InProcess&) = delete;
  InProcess& operator=(const InProcess&) = delete;

  lb_status open(RunningCall& call, lb_bytes settings) {
    const lb_status status =
        connector_->table->open(&holder_.table, call.handle(), settings, &instance_);
    if (status == LB_OK && instance_ == nullptr) return LB_BUG;
    return status;
  }

  lb_status run(const std::string& operation, RunningCall& call,
                std::string_view input_json) override {
    const lb_op_fn function = connector_->find(operation);
    if (function == nullptr) return LB_UNSUPPORTED;
    const LentText input{std::string(input_json)};
    return function(instance_, call.handle(), input.view());
  }

 private:
  // The table must be the first member: that is how `extension` finds its instance again.
  struct Holder {
    lb_host table{};
    InProcess* instance = nullptr;
  };

  static const void* extension(const lb_host* table, lb_bytes id) {
    const InProcess& self = *reinterpret_cast<const Holder*>(table)->instance;
    if (std::string_view(id.data, id.len) == LB_FILES_ID && self.files_)
      return self.files_->table();
    return nullptr;
  }

  std::shared_ptr<const Loaded> connector_;
  std::unique_ptr<FilesInstance> files_;
  Holder holder_;
  lb_instance* instance_ = nullptr;
};

}  // namespace

OpenedInstance open_in_process(std::shared_ptr<const Loaded> connector,
                               const CallEnvironment& environment,
                               std::unique_ptr<FilesInstance> files, std::string settings_json) {
  CallEnvironment without_io = environment;
  without_io.outbound = nullptr;
  const CallLimits limits{std::chrono::steady_clock::now() + std::chrono::seconds(10),
                          [] { return false; }};
  RunningCall call(without_io, "open", "open", limits, {});
  auto instance = std::make_unique<InProcess>(std::move(connector), std::move(files));
  const LentText settings(std::move(settings_json));
  const lb_status status = instance->open(call, settings.view());
  OpenedInstance out;
  out.ending = call.end(status);
  if (out.ending.status == LB_OK) out.instance = std::move(instance);
  return out;
}

}  // namespace lotbridge::host
