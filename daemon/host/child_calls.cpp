// What a connector's process asks of its host, one frame at a time.
#include "daemon/host/child.hpp"

namespace lotbridge::host {
namespace {

using detail::bytes_of;
using detail::view_of;
using frames::Reader;
using frames::Type;
using frames::Writer;

}  // namespace

bool Child::reply(Writer& answer) {
  // The connector waits for it, so it reads; if it is gone the next receive says so.
  channel_->send(answer.bytes(), [] { return true; });
  return true;
}

bool Child::answer_http(Reader& asked, detail::HostCall& call, Writer& out) {
  const lb_http_request request = frames::read_request(asked, headers_);
  if (!asked.good()) return false;
  const std::string_view url = view_of(request.url).substr(0, view_of(request.url).find('?'));
  request_ = std::string(view_of(request.method)) + " " + std::string(url.substr(0, 200));
  const lb_http_response* response = nullptr;
  const lb_status status = call.http(request, &response);
  out.i32(status);
  if (status == LB_OK) frames::write_response(out, *response);
  return true;
}

void Child::take_records(const frames::Frame& frame, detail::HostCall& call) {
  Reader records(frame.payload);
  while (!records.at_end() && refused_ == LB_OK) {
    const std::string_view kind = records.text();
    const std::string_view json = records.text();
    if (!records.good()) break;
    refused_ = call.emit(kind, json);
  }
}

bool Child::answer(const frames::Frame& frame, detail::HostCall& call) {
  Reader asked(frame.payload);
  Writer out(Type::answer, call_number_);
  switch (frame.type()) {
    case Type::emit:
      take_records(frame, call);
      if ((frame.header.flags & frames::kExact) != 0) return reply(out.i32(refused_));
      if (refused_ != LB_OK && told_to_end_at_ == 0) look_at_ = 0;  // it is told at once
      return true;
    case Type::log: {
      const std::int32_t level = asked.i32();
      const std::string_view text = asked.text();
      if (asked.good()) call.log(level, text);
      return asked.good();
    }
    case Type::http:
      return answer_http(asked, call, out) && reply(out);
    case Type::checkpoint: {
      const std::string_view cursor = asked.text();
      if (!asked.good()) return false;
      return reply(out.i32(refused_ != LB_OK ? refused_ : call.checkpoint(cursor)));
    }
    case Type::result: {
      const std::string_view json = asked.text();
      return asked.good() && reply(out.i32(call.result(json)));
    }
    case Type::now:
      return reply(out.i32(LB_OK).u64(static_cast<std::uint64_t>(call.now_ms())));
    case Type::sleep: {
      const std::uint64_t duration = asked.u64();
      return asked.good() && reply(out.i32(call.sleep(duration)));
    }
    case Type::random: {
      std::string bytes(std::min<std::uint32_t>(asked.u32(), 4096), '\0');
      const lb_status status = call.random(bytes.data(), bytes.size());
      return asked.good() && reply(out.i32(status).text(bytes));
    }
    case Type::cancelled:
      return reply(out.i32(call.cancelled() ? LB_CANCELLED : LB_OK));
    case Type::hmac: {
      const std::string_view key = asked.text(), digest = asked.text(), data = asked.text();
      if (!asked.good()) return false;
      std::uint8_t made[64];
      std::size_t length = 0;
      const lb_status status = call.hmac(key, digest, data, made, &length);
      return reply(out.i32(status).text({reinterpret_cast<const char*>(made), length}));
    }
    case Type::sign: {
      const std::string_view key = asked.text(), algorithm = asked.text(), data = asked.text();
      if (!asked.good()) return false;
      std::string made;
      const lb_status status = call.sign(key, algorithm, data, made);
      return reply(out.i32(status).text(made));
    }
    default:
      return answer_files(frame, call);
  }
}

bool Child::answer_files(const frames::Frame& frame, detail::HostCall& call) {
  if (files_ == nullptr) return false;
  Reader asked(frame.payload);
  Writer out(Type::answer, call_number_);
  switch (frame.type()) {
    case Type::files_list: {
      const lb_file* found = nullptr;
      std::size_t count = 0, stride = 0;
      const lb_status status = files_->list(files_, call.handle(), &found, &count, &stride);
      out.i32(status);
      if (status != LB_OK) return reply(out);
      out.u32(static_cast<std::uint32_t>(count));
      for (std::size_t n = 0; n < count; ++n) {
        const auto& file =
            *reinterpret_cast<const lb_file*>(reinterpret_cast<const char*>(found) + n * stride);
        out.text(view_of(file.name)).u64(file.length);
        out.u64(static_cast<std::uint64_t>(file.modified_ms));
      }
      return reply(out);
    }
    case Type::files_read: {
      const std::string_view name = asked.text();
      lb_file_content content{};
      content.size = sizeof content;
      if (!asked.good()) return false;
      const lb_status status = files_->read(files_, call.handle(), bytes_of(name), &content);
      out.i32(status);
      if (status == LB_OK) out.lent(view_of(content.bytes)).text(view_of(content.sha256));
      return reply(out);
    }
    case Type::files_finish: {
      const std::string_view name = asked.text(), folder = asked.text();
      const std::string_view report = asked.text(), json = asked.text();
      return asked.good() &&
             reply(out.i32(files_->finish(files_, call.handle(), bytes_of(name), bytes_of(folder),
                                          bytes_of(report), bytes_of(json))));
    }
    case Type::files_write: {
      const std::string_view name = asked.text(), content = asked.text();
      return asked.good() && reply(out.i32(files_->write(files_, call.handle(), bytes_of(name),
                                                         bytes_of(content))));
    }
    default:
      return false;
  }
}

}  // namespace lotbridge::host
