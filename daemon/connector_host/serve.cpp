#include "daemon/connector_host/serve.hpp"

#include <dlfcn.h>

#include "daemon/connector_host/remote_call.hpp"

namespace lotbridge::connector_host {
namespace {

using detail::LentText;
using detail::view_of;
using frames::Reader;
using frames::Type;
using frames::Writer;

const lb_op& op_at(const lb_connector& connector, std::size_t n) {
  return *reinterpret_cast<const lb_op*>(reinterpret_cast<const char*>(connector.ops) +
                                         n * connector.op_size);
}

// What is wrong with the file, or empty.
std::string load(const std::string& file, const lb_connector*& out) {
  void* handle = dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (handle == nullptr) {
    return std::string("it can't be loaded: ") + dlerror() +
           "; was it built for this machine and for Lotbridge's connector ABI 1?";
  }
  out = static_cast<const lb_connector*>(dlsym(handle, "lotbridge_connector_1"));
  if (out == nullptr) {
    return "it exports no lotbridge_connector_1: it is no connector, or one for another major "
           "version of the ABI (this daemon speaks 1.0)";
  }
  constexpr std::uint32_t kSmallest = 72;  // sizeof(lb_connector) of ABI 1.0
  const bool sound = out->size >= kSmallest && out->op_size >= sizeof(lb_op) &&
                     out->open != nullptr && out->close != nullptr &&
                     out->descriptor_json.data != nullptr;
  if (!sound) return "its exported constant is damaged";
  if (out->abi_minor_required > LB_ABI_MINOR) {
    return "it needs connector ABI 1." + std::to_string(out->abi_minor_required) +
           "; this daemon speaks 1." + std::to_string(LB_ABI_MINOR) +
           ": install a newer Lotbridge, or an older version of the connector";
  }
  return {};
}

class Server {
 public:
  Server(frames::Channel& channel, const lb_connector& connector)
      : channel_(channel), connector_(connector) {
    detail::fill_host_table(holder_.table);
    holder_.table.extension = extension;
    holder_.server = this;
  }
  ~Server() {
    if (instance_ != nullptr) connector_.close(instance_);
  }
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  void hello(const Sandbox& sandbox) {
    Writer said(Type::hello);
    said.u32(frames::kProtocol).u32(connector_.abi_minor).u32(connector_.abi_minor_required);
    said.text(view_of(connector_.descriptor_json));
    said.u32(static_cast<std::uint32_t>(connector_.op_count));
    for (std::size_t n = 0; n < connector_.op_count; ++n) said.text(op_at(connector_, n).name);
    said.u32(static_cast<std::uint32_t>(sandbox.landlock_abi())).text(sandbox.missing());
    channel_.send(said.bytes());
  }

  void answer_frames() {
    frames::Frame frame;
    while (channel_.receive(frame) == frames::Channel::Got::frame) {
      if (frame.type() == Type::cancel) continue;  // it came too late
      if (frame.type() == Type::open && instance_ == nullptr) {
        open(frame);
      } else if (frame.type() == Type::run && instance_ != nullptr) {
        run(frame);
      } else {
        return;
      }
    }
  }

 private:
  // The table must be the first member: that is how `extension` finds its server again.
  struct Holder {
    lb_host table{};
    Server* server = nullptr;
  };

  static const void* extension(const lb_host* table, lb_bytes id) {
    const Server& self = *reinterpret_cast<const Holder*>(table)->server;
    if (view_of(id) == LB_FILES_ID && self.has_files_) return remote_files();
    if (view_of(id) == LB_SIGN_ID) return remote_sign();
    return nullptr;
  }

  // What is lent for a whole call is copied: the next frame overwrites the channel's buffer.
  void open(const frames::Frame& frame) {
    Reader reader(frame.payload);
    settings_.emplace(std::string(view_of(reader.lent())));
    has_files_ = reader.u32() != 0;
    RemoteCall call(channel_, frame.header.call, false, 0);
    lb_status status =
        connector_.open(&holder_.table, call.handle(), settings_->view(), &instance_);
    if (status == LB_OK && instance_ == nullptr) status = LB_BUG;
    call.end(Type::opened, status);
  }

  void run(const frames::Frame& frame) {
    Reader reader(frame.payload);
    const std::string operation(reader.text());
    const LentText input{std::string(view_of(reader.lent()))};
    const std::uint32_t deadline_ms = reader.u32();
    RemoteCall call(channel_, frame.header.call, (frame.header.flags & frames::kExact) != 0,
                    deadline_ms);
    lb_status status = LB_UNSUPPORTED;
    for (std::size_t n = 0; n < connector_.op_count; ++n) {
      const lb_op& op = op_at(connector_, n);
      if (operation != op.name) continue;
      status = op.run(instance_, call.handle(), input.view());
      break;
    }
    call.end(Type::done, status);
  }

  frames::Channel& channel_;
  const lb_connector& connector_;
  Holder holder_;
  lb_instance* instance_ = nullptr;
  std::optional<LentText> settings_;
  bool has_files_ = false;
};

}  // namespace

int serve(const std::string& file, const Walls& walls) {
  frames::Channel channel(walls.fd);
  Sandbox sandbox(walls);
  sandbox.shut_in();
  const lb_connector* connector = nullptr;
  if (const std::string wrong = load(file, connector); !wrong.empty()) {
    Writer said(Type::refused);
    said.text(wrong);
    channel.send(said.bytes());
    return 1;
  }
  sandbox.seal();
  Server server(channel, *connector);
  server.hello(sandbox);
  server.answer_frames();
  return 0;
}

}  // namespace lotbridge::connector_host
