#include "daemon/host/instance.hpp"

#include <lotbridge/sign.h>

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
    signing_.table = {sizeof(lb_sign), sign};
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
    input_.assign(input_json);
    input_.append(detail::kLentPadding, '\0');
    return function(instance_, call.handle(), {input_.data(), input_json.size()});
  }
  const std::string& death() const override { return alive_; }
  bool costs_a_process() const override { return false; }

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
    if (std::string_view(id.data, id.len) == LB_SIGN_ID) return &self.signing_.table;
    return nullptr;
  }

  // What is signed is lent until the next signature, so each instance keeps its own.
  struct Signing {
    lb_sign table{};
    std::string made;
  };
  static lb_status sign(const lb_sign* table, lb_call* call, lb_bytes key, lb_bytes algorithm,
                        lb_bytes data, lb_bytes* signature) {
    try {
      auto& self = *const_cast<Signing*>(reinterpret_cast<const Signing*>(table));
      const lb_status status = detail::HostCall::of(call).sign(
          detail::view_of(key), detail::view_of(algorithm), detail::view_of(data), self.made);
      *signature = detail::bytes_of(self.made);
      return status;
    } catch (...) {
      return LB_RETRY;
    }
  }

  std::shared_ptr<const Loaded> connector_;
  std::unique_ptr<FilesInstance> files_;
  const std::string alive_;
  std::string input_;  // of the operation that runs; its memory is used again
  Signing signing_;
  Holder holder_;
  lb_instance* instance_ = nullptr;
};

class InChild final : public Instance {
 public:
  InChild(std::unique_ptr<Child> child, std::unique_ptr<FilesInstance> files)
      : child_(std::move(child)), files_(std::move(files)) {}

  lb_status open(RunningCall& call, std::string_view settings) {
    return child_->open(settings, files_ ? files_->table() : nullptr, call);
  }
  lb_status run(const std::string& operation, RunningCall& call,
                std::string_view input_json) override {
    return child_->run({operation, input_json, call.milliseconds_left()}, call);
  }
  const std::string& death() const override { return child_->death(); }
  bool costs_a_process() const override { return true; }

 private:
  std::unique_ptr<Child> child_;
  std::unique_ptr<FilesInstance> files_;
};

// What opening has in common: no I/O, ten seconds.
RunningCall opening(CallEnvironment& without_io) {
  without_io.outbound = nullptr;
  return RunningCall(
      without_io, "open", "open",
      {std::chrono::steady_clock::now() + std::chrono::seconds(10), [] { return false; }}, {});
}

}  // namespace

OpenedInstance open_in_process(std::shared_ptr<const Loaded> connector,
                               const CallEnvironment& environment,
                               std::unique_ptr<FilesInstance> files, std::string settings_json) {
  CallEnvironment without_io = environment;
  RunningCall call = opening(without_io);
  auto instance = std::make_unique<InProcess>(std::move(connector), std::move(files));
  const LentText settings(std::move(settings_json));
  const lb_status status = instance->open(call, settings.view());
  OpenedInstance out;
  out.ending = call.end(status);
  if (out.ending.status == LB_OK) out.instance = std::move(instance);
  return out;
}

OpenedInstance open_in_child(std::shared_ptr<const Loaded> connector,
                             const CallEnvironment& environment,
                             std::unique_ptr<FilesInstance> files, std::string settings_json,
                             const ChildLimits& limits) {
  ChildStart start;
  start.file = connector->file;
  start.connector = environment.connector;
  start.limits = limits;
  OpenedInstance out;
  auto child = Child::start(std::move(start));
  if (!child.ok()) {
    out.ending.status = LB_BUG;
    out.ending.message = child.problem().detail;
    return out;
  }
  CallEnvironment without_io = environment;
  RunningCall call = opening(without_io);
  auto instance = std::make_unique<InChild>(std::move(*child), std::move(files));
  const lb_status status = instance->open(call, settings_json);
  out.ending = call.end(status);
  if (out.ending.status == LB_OK) out.instance = std::move(instance);
  return out;
}

}  // namespace lotbridge::host
