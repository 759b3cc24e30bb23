// What the daemon and a connector's process say to each other over their socket.
//
// A frame is a header of twelve bytes and `length` bytes behind it, in the machine's own byte
// order, because both ends run on one machine. Types are the functions of connector.h and the few
// words that a life needs: hello, open, run, done. Readers check every length before they believe
// it; a frame that makes no sense ends the conversation. Writers and readers are plain values; a
// Channel is used by one thread at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include <lotbridge/connector.h>

namespace lotbridge::frames {

constexpr std::uint32_t kProtocol =
    1;  // grows when frames change: both programs come from one build

enum class Type : std::uint16_t {
  // daemon -> connector
  open = 1,    // lent settings, u32 has_files
  run = 2,     // text operation, lent input, u32 milliseconds until the deadline (0: none)
  cancel = 3,  // i32 status that host functions answer from now on
  answer = 4,  // to the host function that waits: i32 status and what belongs to it
  // connector -> daemon
  hello = 16,      // see Hello
  refused = 17,    // text: why the file was not taken
  opened = 18,     // i32 status, error
  done = 19,       // i32 status, error
  violation = 20,  // u32 number of the system call that is not allowed; the last word
  http = 32,
  emit = 33,  // many: text kind, text record
  checkpoint = 34,
  result = 35,
  log = 36,
  now = 37,
  sleep = 38,
  random = 39,
  hmac = 40,
  files_list = 41,
  files_read = 42,
  files_finish = 43,
  files_write = 44,
  sign = 45,
  cancelled = 46  // only with kExact: otherwise the flag travels by itself
};

// Of `run`: nothing is gathered or guessed on the connector's side; each host function is one
// frame, at once. For tests that stop a connector at every single step.
constexpr std::uint16_t kExact = 1;

struct Header {
  std::uint32_t length = 0;
  std::uint16_t type = 0, flags = 0;
  std::uint32_t call = 0;
};
static_assert(sizeof(Header) == 12);

constexpr std::size_t kBatch = 64U << 10U;     // records are gathered up to this size
constexpr std::size_t kLongest = 160U << 20U;  // of one frame; answers may have 64 MB and headers
constexpr std::size_t kPadding = 64;           // zero bytes behind what is lent

class Writer {
 public:
  explicit Writer(Type type, std::uint32_t call = 0, std::uint16_t flags = 0);
  Writer& u32(std::uint32_t value) { return raw(&value, sizeof value); }
  Writer& i32(std::int32_t value) { return raw(&value, sizeof value); }
  Writer& u64(std::uint64_t value) { return raw(&value, sizeof value); }
  Writer& text(std::string_view value);
  Writer& lent(std::string_view value);  // with zero bytes behind it, ready to be handed on
  std::size_t size() const { return bytes_.size(); }
  // The frame, its length filled in.
  const std::string& bytes();
  void restart();  // empty again, the same head; keeps its memory

 private:
  Writer& raw(const void* from, std::size_t n) {
    bytes_.append(static_cast<const char*>(from), n);
    return *this;
  }
  std::string bytes_;
};

struct Frame {
  Header header;
  std::string_view payload;  // valid until the next receive
  Type type() const { return static_cast<Type>(header.type); }
};

// Reads past the end give zeros and make good() false.
class Reader {
 public:
  explicit Reader(std::string_view payload) : left_(payload) {}
  std::uint32_t u32() { return value<std::uint32_t>(); }
  std::int32_t i32() { return value<std::int32_t>(); }
  std::uint64_t u64() { return value<std::uint64_t>(); }
  std::string_view text() { return take(u32()); }
  lb_bytes lent();
  bool good() const { return good_; }
  bool at_end() const { return left_.empty(); }

 private:
  template <typename T>
  T value() {
    T out{};
    const std::string_view from = take(sizeof(T));
    if (!from.empty()) std::memcpy(&out, from.data(), sizeof(T));
    return out;
  }
  std::string_view take(std::size_t n);
  std::string_view left_;
  bool good_ = true;
};

void write_error(Writer& to, const lb_error& error);
lb_error read_error(Reader& from);
void write_request(Writer& to, const lb_http_request& request);
// `headers` holds what the request points to.
lb_http_request read_request(Reader& from, std::vector<lb_header>& headers);
void write_response(Writer& to, const lb_http_response& response);
lb_http_response read_response(Reader& from, std::vector<lb_header>& headers);

class Channel {
 public:
  enum class Got { frame, nothing, closed, garbage };
  explicit Channel(int fd) : fd_(fd) {}
  ~Channel();
  Channel(const Channel&) = delete;
  Channel& operator=(const Channel&) = delete;
  int fd() const { return fd_; }

  // How long receive and send block at most; `nothing` and false come back then.
  void set_patience(std::int64_t milliseconds);
  // All of it, unless the other side is gone or, with `go_on`, it says to stop. Never raises a
  // signal.
  template <typename GoOn>
  bool send(const std::string& bytes, GoOn go_on) {
    std::size_t sent = 0;
    while (sent < bytes.size()) {
      const long n = send_some(bytes.data() + sent, bytes.size() - sent);
      if (n < 0 || (n == 0 && !go_on())) return false;
      sent += static_cast<std::size_t>(n);
    }
    return true;
  }
  bool send(const std::string& bytes) {
    return send(bytes, [] { return true; });
  }
  Got receive(Frame& out);
  // Only what has arrived already.
  Got receive_now(Frame& out);

 private:
  long send_some(const char* data, std::size_t length);  // 0: not now; -1: gone
  Got parse(Frame& out);
  Got fill(int flags);

  const int fd_;
  std::string buffer_;
  std::size_t begin_ = 0, end_ = 0;  // what is in it and not read yet
};

}  // namespace lotbridge::frames
