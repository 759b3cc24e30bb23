#include "daemon/api/server_intake.hpp"

#include <boost/beast/core/buffers_range.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>

#include <algorithm>

#include "daemon/api/problem.hpp"

namespace lotbridge::api {
namespace {

namespace beast = boost::beast;
namespace http = boost::beast::http;

constexpr std::size_t kBufferSize =
    16 * 1024;  // reserved once: a growing buffer means many small reads
constexpr std::size_t kBigRead = 64 * 1024;
// A chunk header or trailer that does not end within this is an attack, not a client.
constexpr std::size_t kFramingMax = 16 * 1024;
constexpr std::uint64_t kReserveMax = 1024 * 1024;

// Text that grows as it comes; a promised length is not believed beyond kReserveMax.
struct GrowingBody {
  using value_type = std::string;
  class reader {
   public:
    template <bool isRequest, class Fields>
    reader(http::header<isRequest, Fields>&, value_type& body) : body_(body) {}
    void init(const boost::optional<std::uint64_t>& length, beast::error_code& error) {
      if (length) body_.reserve(static_cast<std::size_t>(std::min(*length, kReserveMax)));
      error = {};
    }
    template <class Buffers>
    std::size_t put(const Buffers& buffers, beast::error_code& error) {
      std::size_t total = 0;
      for (const boost::asio::const_buffer buffer : beast::buffers_range(buffers)) {
        body_.append(static_cast<const char*>(buffer.data()), buffer.size());
        total += buffer.size();
      }
      error = {};
      return total;
    }
    void finish(beast::error_code& error) { error = {}; }

   private:
    value_type& body_;
  };
};
using Parser = http::request_parser<GrowingBody>;

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

}  // namespace

struct Intake::Impl {
  std::size_t header_max = 0;
  beast::flat_buffer buffer;
  std::optional<Parser> parser;
  std::size_t header_bytes = 0;
  std::size_t big_reads = 0;
  std::optional<std::uint64_t> body_max;
  std::size_t body_seen = 0;
  Head head;
  Response failure;

  Step fail(int status, std::string code, std::string detail) {
    failure = problem_response(status, std::move(code), std::move(detail));
    return Step::failed;
  }
  Step fail_header_size() {
    return fail(431, "too_large",
                "The request's header is larger than " + std::to_string(header_max) + " bytes.");
  }
  // One step of the parser; returns its verdict.
  beast::error_code put() {
    beast::error_code error;
    const std::size_t used = parser->put(buffer.data(), error);
    buffer.consume(used);
    return error;
  }
  void fill_head();
};

void Intake::Impl::fill_head() {
  const auto& message = parser->get();
  head = {};
  head.method = std::string(message.method_string());
  head.target = std::string(message.target());
  for (const auto& field : message) {
    auto [at, added] =
        head.headers.emplace(lower({field.name_string().data(), field.name_string().size()}),
                             std::string(field.value()));
    if (!added) at->second += ", " + std::string(field.value());
  }
  head.http10 = message.version() < 11;
  head.keep_alive = message.keep_alive();
  const auto expect = head.headers.find("expect");
  head.expects_continue = expect != head.headers.end() && lower(expect->second) == "100-continue";
  if (const auto length = parser->content_length()) head.content_length = *length;
  head.has_body = !parser->is_done();
}

Intake::Intake(std::size_t header_max) : impl_(std::make_unique<Impl>()) {
  impl_->header_max = header_max;
  impl_->buffer.reserve(kBufferSize);
  next();
}
Intake::~Intake() = default;

std::span<char> Intake::prepare() {
  Impl& self = *impl_;
  const std::size_t free_space = self.buffer.capacity() - self.buffer.size();
  const std::size_t wanted =
      self.big_reads > 2 ? kBigRead : std::max<std::size_t>(free_space, kBufferSize / 4);
  const auto space = self.buffer.prepare(wanted);
  return {static_cast<char*>(space.data()), space.size()};
}

void Intake::commit(std::size_t bytes) {
  impl_->buffer.commit(bytes);
  if (bytes >= kBufferSize / 2) ++impl_->big_reads;
}

void Intake::next() {
  Impl& self = *impl_;
  self.parser.emplace();
  self.parser->header_limit(static_cast<std::uint32_t>(self.header_max));
  self.parser->body_limit(boost::none);  // decided per route, after the header
  self.parser->eager(false);
  self.header_bytes = 0;
  self.big_reads = 0;
  self.body_seen = 0;
  self.body_max.reset();
}

bool Intake::started() const { return impl_->header_bytes + impl_->buffer.size() > 0; }

std::size_t Intake::buffered() const { return impl_->buffer.size(); }

Intake::Step Intake::read_header() {
  Impl& self = *impl_;
  // The parser counts what one call sees, so a header that trickles in is counted here.
  while (!self.parser->is_header_done()) {
    const std::size_t before = self.buffer.size();
    const auto error = self.put();
    self.header_bytes += before - self.buffer.size();
    if (error == http::error::header_limit) return self.fail_header_size();
    const bool partial = error == http::error::need_more;
    if (self.header_bytes + (partial ? self.buffer.size() : 0) > self.header_max) {
      return self.fail_header_size();
    }
    if (partial) return Step::need_more;
    if (error) {
      return self.fail(400, "invalid_value",
                       "This is not an HTTP/1.1 request: " + error.message() + ".");
    }
  }
  self.fill_head();
  if (!self.parser->is_done()) self.parser->eager(true);
  return Step::ready;
}

Intake::Step Intake::read_body() {
  Impl& self = *impl_;
  while (!self.parser->is_done()) {
    if (self.buffer.size() == 0) return Step::need_more;
    const std::size_t before = self.parser->get().body().size();
    const auto error = self.put();
    self.body_seen += self.parser->get().body().size() - before;
    if (self.body_max && self.body_seen > *self.body_max) {
      return self.fail(413, "too_large",
                       "The body is larger than " + std::to_string(*self.body_max) + " bytes.");
    }
    if (error == http::error::need_more) {
      if (self.buffer.size() > kFramingMax) {
        return self.fail(400, "invalid_value", "The chunked body is not framed as HTTP/1.1 says.");
      }
      return Step::need_more;
    }
    if (error) {
      return self.fail(400, "invalid_value",
                       "The body is not framed as HTTP/1.1 says: " + error.message() + ".");
    }
  }
  return Step::ready;
}

void Intake::set_body_max(std::optional<std::uint64_t> bytes) { impl_->body_max = bytes; }
std::string& Intake::body() { return impl_->parser->get().body(); }
const Response& Intake::failure() const { return impl_->failure; }
Intake::Head& Intake::head() { return impl_->head; }
bool Intake::complete() const {
  return impl_->parser->is_header_done() && impl_->parser->is_done();
}

}  // namespace lotbridge::api
