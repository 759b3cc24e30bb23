#include "daemon/host/http_client.hpp"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstring>
#include <mutex>
#include <thread>

#include "daemon/host/private_address.hpp"

namespace lotbridge::host {
namespace {

// One request on its way. Touched by the waiting thread before it is queued and after `done`, by
// the loop in between.
struct Transfer {
  const WireRequest* request = nullptr;
  WireReply reply;
  CURL* easy = nullptr;
  curl_slist* headers = nullptr;
  bool refused_address = false, too_large = false;
  bool done = false;       // guarded by the client's mutex
  bool cancelled = false;  // guarded by the client's mutex
};

std::size_t take_body(char* data, std::size_t, std::size_t length, void* user) {
  auto& transfer = *static_cast<Transfer*>(user);
  if (transfer.reply.body.size() + length > transfer.request->max_body) {
    transfer.too_large = true;
    return 0;
  }
  transfer.reply.body.append(data, length);
  return length;
}

std::size_t take_header(char* data, std::size_t, std::size_t length, void* user) {
  auto& reply = static_cast<Transfer*>(user)->reply;
  std::string_view line(data, length);
  while (!line.empty() && (line.back() == '\r' || line.back() == '\n')) line.remove_suffix(1);
  if (line.starts_with(
          "HTTP/")) {  // an interim answer came before: only the last one's headers count
    reply.headers.clear();
    return length;
  }
  const auto colon = line.find(':');
  if (colon == std::string_view::npos || colon == 0) return length;
  std::string name(line.substr(0, colon));
  for (char& c : name) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  std::string_view value = line.substr(colon + 1);
  while (!value.empty() && (value.front() == ' ' || value.front() == '\t')) value.remove_prefix(1);
  if (reply.headers.size() < 200) reply.headers.push_back({std::move(name), std::string(value)});
  return length;
}

curl_socket_t open_socket(void* user, curlsocktype purpose, struct curl_sockaddr* address) {
  auto& transfer = *static_cast<Transfer*>(user);
  // Towards a proxy the address is the proxy's, which the operator named.
  const bool to_platform = transfer.request->proxy.empty();
  if (purpose == CURLSOCKTYPE_IPCXN && to_platform && !transfer.request->private_addresses &&
      is_private(&address->addr)) {
    transfer.refused_address = true;
    return CURL_SOCKET_BAD;
  }
  return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

void set_method(CURL* easy, const WireRequest& request) {
  if (request.method == "HEAD") {
    curl_easy_setopt(easy, CURLOPT_NOBODY, 1L);
    return;
  }
  if (request.method == "GET" && request.body.empty()) {
    curl_easy_setopt(easy, CURLOPT_HTTPGET, 1L);
    return;
  }
  curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, request.method.c_str());
  if (request.method == "DELETE" && request.body.empty()) return;
  curl_easy_setopt(easy, CURLOPT_POSTFIELDS, request.body.data());
  curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
}

void prepare(Transfer& transfer) {
  const WireRequest& request = *transfer.request;
  CURL* easy = transfer.easy;
  curl_easy_reset(easy);
  curl_easy_setopt(easy, CURLOPT_URL, request.url.c_str());
  curl_easy_setopt(easy, CURLOPT_PRIVATE, &transfer);
  curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, request.plain_http ? "http,https" : "https");
  curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(easy, CURLOPT_PROXY, request.proxy.c_str());
  curl_easy_setopt(easy, CURLOPT_NOPROXY, request.no_proxy.c_str());
  curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 1L);
  curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 2L);
  curl_easy_setopt(easy, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_2TLS));
  curl_easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, "");
  curl_easy_setopt(easy, CURLOPT_USERAGENT, "Lotbridge/0.1");
  curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, static_cast<long>(request.timeout_ms));
  curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS,
                   static_cast<long>(std::min<std::int64_t>(request.timeout_ms, 10'000)));
  curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, request.may_repeat ? 0L : 1L);
  curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, take_body);
  curl_easy_setopt(easy, CURLOPT_WRITEDATA, &transfer);
  curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, take_header);
  curl_easy_setopt(easy, CURLOPT_HEADERDATA, &transfer);
  curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, open_socket);
  curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, &transfer);
  set_method(easy, request);
  transfer.headers = curl_slist_append(nullptr, "Expect:");
  for (const HttpHeader& header : request.headers) {
    const std::string line =
        header.value.empty() ? header.name + ";" : header.name + ": " + header.value;
    transfer.headers = curl_slist_append(transfer.headers, line.c_str());
  }
  curl_easy_setopt(easy, CURLOPT_HTTPHEADER, transfer.headers);
}

WireReply::End end_of(const Transfer& transfer, CURLcode code) {
  using End = WireReply::End;
  if (code == CURLE_OK) return End::answered;
  if (transfer.refused_address) return End::refused_address;
  if (transfer.too_large) return End::too_large;
  curl_off_t sending = 0;  // when the request itself began to go out; 0: it never did
  curl_easy_getinfo(transfer.easy, CURLINFO_PRETRANSFER_TIME_T, &sending);
  switch (code) {
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_CONNECT:
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_URL_MALFORMAT:
    case CURLE_UNSUPPORTED_PROTOCOL:
      return End::not_sent;
    case CURLE_OPERATION_TIMEDOUT:
      return sending == 0 ? End::not_sent : End::timed_out;
    default:
      return sending == 0 ? End::not_sent : End::lost;
  }
}

class Client final : public HttpClient {
 public:
  Client() : multi_(curl_multi_init()), thread_([this] { loop(); }) {}
  ~Client() override {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    curl_multi_wakeup(multi_);
    thread_.join();
    for (CURL* easy : idle_) curl_easy_cleanup(easy);
    curl_multi_cleanup(multi_);
  }

  WireReply perform(const WireRequest& request, const std::function<bool()>& stop) override {
    Transfer transfer;
    transfer.request = &request;
    std::unique_lock lock(mutex_);
    queued_.push_back(&transfer);
    curl_multi_wakeup(multi_);
    while (!transfer.done) {
      changed_.wait_for(lock, std::chrono::milliseconds(50));
      if (transfer.done || transfer.cancelled) continue;
      lock.unlock();
      const bool ended = stop();
      lock.lock();
      if (ended && !transfer.done) {
        transfer.cancelled = true;
        cancelled_.push_back(&transfer);
        curl_multi_wakeup(multi_);
      }
    }
    return std::move(transfer.reply);
  }

 private:
  void loop() {
    int running = 0;
    while (take_changes()) {
      curl_multi_perform(multi_, &running);
      collect();
      curl_multi_poll(multi_, nullptr, 0, 1000, nullptr);
    }
    // Whoever still waits is told so; stop() of the host has cancelled its calls before.
    for (Transfer* transfer : std::vector<Transfer*>(active_))
      finish(*transfer, WireReply::End::cancelled, "");
  }

  // Adds what was queued, takes out what was cancelled; false at the end.
  bool take_changes() {
    std::vector<Transfer*> queued, cancelled;
    {
      const std::lock_guard lock(mutex_);
      queued.swap(queued_);
      cancelled.swap(cancelled_);
      if (stopping_ && queued.empty()) return false;
    }
    for (Transfer* transfer : queued) {
      transfer->easy = idle_.empty() ? curl_easy_init() : idle_.back();
      if (!idle_.empty()) idle_.pop_back();
      prepare(*transfer);
      curl_multi_add_handle(multi_, transfer->easy);
      active_.push_back(transfer);
    }
    for (Transfer* transfer : cancelled) {
      if (std::find(active_.begin(), active_.end(), transfer) == active_.end()) continue;
      finish(*transfer, WireReply::End::cancelled, "the request was cancelled");
    }
    return true;
  }

  void collect() {
    int left = 0;
    while (CURLMsg* message = curl_multi_info_read(multi_, &left)) {
      if (message->msg != CURLMSG_DONE) continue;
      Transfer* transfer = nullptr;
      curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &transfer);
      const CURLcode code = message->data.result;
      long status = 0;
      curl_easy_getinfo(message->easy_handle, CURLINFO_RESPONSE_CODE, &status);
      transfer->reply.code = static_cast<int>(status);
      const auto end = end_of(*transfer, code);
      finish(*transfer, end, code == CURLE_OK ? "" : curl_easy_strerror(code));
    }
  }

  void finish(Transfer& transfer, WireReply::End end, const char* error) {
    curl_multi_remove_handle(multi_, transfer.easy);
    curl_slist_free_all(transfer.headers);
    idle_.push_back(transfer.easy);
    std::erase(active_, &transfer);
    transfer.reply.end = end;
    transfer.reply.error = error;
    {
      // Behind this lock the waiting thread may take the transfer away at any moment.
      const std::lock_guard lock(mutex_);
      std::erase(cancelled_, &transfer);
      transfer.done = true;
    }
    changed_.notify_all();
  }

  CURLM* multi_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Transfer*> queued_, cancelled_;  // guarded by mutex_
  bool stopping_ = false;                      // guarded by mutex_
  std::vector<Transfer*> active_;              // the loop's own
  std::vector<CURL*> idle_;                    // the loop's own
  std::thread thread_;
};

}  // namespace

std::unique_ptr<HttpClient> HttpClient::start() {
  static std::once_flag once;
  std::call_once(once, [] { curl_global_init(CURL_GLOBAL_DEFAULT); });
  return std::make_unique<Client>();
}

}  // namespace lotbridge::host
