#include "daemon/api/ndjson.hpp"

#include <deque>
#include <mutex>

#include <lotbridge/records.hpp>

#include "daemon/api/problem.hpp"

namespace lotbridge::api {
namespace {

// Documents handed to the engine and not answered; beyond, the client waits. Twice what shares a
// commit keeps the engine's next batch full while the last one is being written.
constexpr std::size_t kWindow = 512;

// Keeps answers in the order of their lines. Shared by the connection, which adds, and the engine's
// thread, which answers.
class AnswerQueue {
 public:
  explicit AnswerQueue(std::shared_ptr<Outlet> outlet) : outlet_(std::move(outlet)) {}

  std::uint64_t reserve() {
    const std::lock_guard lock(mutex_);
    slots_.emplace_back();
    return first_ + slots_.size() - 1;
  }

  void answer(std::uint64_t number, std::string line) {
    std::function<void()> more;
    bool finished = false;
    std::string ready;
    {
      const std::lock_guard lock(mutex_);
      slots_[number - first_] = std::move(line);
      while (!slots_.empty() && slots_.front()) {
        ready += *slots_.front();
        ready += '\n';
        slots_.pop_front();
        ++first_;
      }
      if (slots_.size() <= kWindow / 2) more = std::exchange(more_, nullptr);
      finished = ended_ && slots_.empty();
      // Sent under the lock: two threads that answer must not overtake each other.
      if (!ready.empty()) outlet_->send(std::move(ready));
      if (finished) outlet_->finish();
    }
    if (more) more();
  }

  // Calls `more` now or when enough answers have gone out.
  void when_room(std::function<void()> more) {
    {
      const std::lock_guard lock(mutex_);
      if (slots_.size() > kWindow) {
        more_ = std::move(more);
        return;
      }
    }
    more();
  }

  void end() {
    const std::lock_guard lock(mutex_);
    ended_ = true;
    if (slots_.empty()) outlet_->finish();
  }
  void forget() {
    const std::lock_guard lock(mutex_);
    more_ = nullptr;
  }

 private:
  std::mutex mutex_;
  std::shared_ptr<Outlet> outlet_;
  std::deque<std::optional<std::string>> slots_;
  std::uint64_t first_ = 0;
  bool ended_ = false;
  std::function<void()> more_;
};

class DocumentStream final : public Inlet {
 public:
  DocumentStream(engine::Engine& engine, PostSettings settings, std::size_t line_max,
                 Request request, std::shared_ptr<Outlet> outlet)
      : engine_(engine),
        settings_(std::move(settings)),
        line_max_(line_max),
        request_(std::move(request)),
        answers_(std::make_shared<AnswerQueue>(outlet)) {
    outlet->start("application/x-ndjson");
  }

  void take(std::string_view piece, std::function<void()> more) override {
    while (!piece.empty()) {
      const auto end = piece.find('\n');
      collect(piece.substr(0, end));
      if (end == std::string_view::npos) break;
      finish_line();
      piece.remove_prefix(end + 1);
    }
    answers_->when_room(std::move(more));
  }
  void end() override {
    finish_line();  // the last one may lack its line break
    answers_->end();
  }
  // What was submitted is applied all the same; sending it again does no harm.
  void gone() override { answers_->forget(); }

 private:
  void collect(std::string_view part) {
    if (skipping_) return;
    if (line_.size() + part.size() > line_max_) {
      skipping_ = true;
      line_.clear();
      line_.shrink_to_fit();
      return;
    }
    line_ += part;
  }

  void finish_line() {
    if (std::exchange(skipping_, false)) {
      refuse(problem_response(413, "too_large",
                              "The line is longer than " + std::to_string(line_max_) + " bytes."));
      return;
    }
    const auto text = line_.find_first_not_of(" \t\r");
    if (text != std::string::npos) submit();
    line_.clear();
  }

  void refuse(const Response& response) { answers_->answer(answers_->reserve(), response.body); }

  void submit() {
    auto document = read_typed_document(line_);
    if (!document) return refuse(problem_response(document.problem()));
    const auto scope = scope_of_document(document->type());
    if (!scope) {
      return refuse(problem_response(422, "invalid_value", "This type is not submitted here.",
                                     {{"/type", "Is not submitted here."}}));
    }
    if (!request_.may(*scope)) return refuse(missing_scope(request_, *scope));
    if (auto refused = settle_sender(*document, request_, settings_)) return refuse(*refused);
    const auto number = answers_->reserve();
    engine_.submit(std::move(*document), request_.caller,
                   [answers = answers_, number](engine::Answer answer) {
                     answers->answer(number, std::move(answer.body));
                   });
  }

  engine::Engine& engine_;
  const PostSettings settings_;
  const std::size_t line_max_;
  const Request request_;
  std::shared_ptr<AnswerQueue> answers_;
  std::string line_;
  bool skipping_ = false;
};

}  // namespace

void add_ndjson_route(RouteTable& table, engine::Engine& engine, const PostSettings& settings,
                      std::size_t line_max) {
  table.add(
      {.method = "POST",
       .pattern = "/v1/documents",
       .scope = Scope::any,  // each line needs its own
       .handler = {},
       .stream = [&engine, settings, line_max](
                     Request request, std::shared_ptr<Outlet> outlet) -> std::shared_ptr<Inlet> {
         return std::make_shared<DocumentStream>(engine, settings, line_max, std::move(request),
                                                 std::move(outlet));
       }});
}

}  // namespace lotbridge::api
