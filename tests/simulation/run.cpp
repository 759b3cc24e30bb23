#include "run.hpp"

#include <algorithm>
#include <chrono>
#include <functional>

#include <lotbridge/records.hpp>

#include "compare.hpp"
#include "generator.hpp"

namespace lotbridge::simulation {

std::unique_ptr<System> (*make_engine_system)(const World&, const std::string&) = nullptr;

namespace {

std::string joined(const std::vector<std::string>& lines) {
  std::string out;
  for (const std::string& line : lines) out += line + "\n";
  return out;
}

class Run {
 public:
  explicit Run(const Plan& plan)
      : world_(make_world(plan.seed)),
        model_(world_),
        system_(plan.engine ? make_engine_system(world_, plan.folder) : core_system(world_)),
        comparison_(model_),
        generator_(plan.seed, model_, plan.engine) {}

  std::optional<Failure> business(int documents, Figures& figures) {
    while (figures_.documents < static_cast<std::uint64_t>(documents)) {
      std::vector<Step> together = {generator_.next()};
      while (together.back().with_next && together.size() < 5) {
        Step next = generator_.next();
        if (next.deed != Deed::document) break;
        together.push_back(std::move(next));
      }
      together.back().with_next = false;
      if (!take(together)) break;
    }
    if (what_.empty()) look_at_everything();
    figures.add(figures_);
    if (what_.empty()) return std::nullopt;
    return Failure{what_, done_};
  }

  std::optional<Failure> again(const std::vector<Step>& steps, bool strict) {
    strict_ = strict;
    for (std::size_t i = 0; i < steps.size() && what_.empty(); ++i) {
      std::vector<Step> together = {steps[i]};
      while (together.back().with_next && i + 1 < steps.size() &&
             steps[i + 1].deed == Deed::document)
        together.push_back(steps[++i]);
      together.back().with_next = false;
      take(together);
    }
    if (what_.empty()) look_at_everything();
    if (what_.empty()) return std::nullopt;
    return Failure{what_, done_};
  }

 private:
  bool fail(const std::string& what) {
    if (what_.empty()) what_ = what;
    return false;
  }

  bool take(std::vector<Step>& steps) {
    for (const Step& step : steps) done_.push_back(step);
    figures_.steps += steps.size();
    if (steps.front().deed == Deed::cut) return cut(steps.front());
    if (steps.front().deed == Deed::restart) {
      system_->restart();
      return look_at_everything();
    }
    std::vector<Answer> answers = system_->run(steps);
    if (answers.front().fate != Answer::Fate::answered) {
      const bool stored = answers.front().fate == Answer::Fate::crashed_stored;
      const bool crashed = answers.front().fate != Answer::Fate::unavailable;
      ++(crashed ? figures_.crashes : figures_.failed_calls);
      if (stored) {
        // Nobody heard the answer; the sender sends it all again.
        for (const Step& step : steps) judge(step, nullptr);
      }
      if (!compare()) return false;
      for (Step& step : steps) step.fail_at = step.crash_at = 0;
      answers = system_->run(steps);
      if (answers.front().fate != Answer::Fate::answered)
        return fail("the retry was not answered either");
    }
    for (std::size_t i = 0; i < steps.size(); ++i) {
      if (!judge(steps[i], &answers[i])) return false;
    }
    if (!compare()) return false;
    if (strict_) return look_at_everything();
    return figures_.documents / 1000 == looked_at_ || look_at_everything();
  }

  // What the model makes of a step, against the answer that was given (unset: nobody heard it).
  bool judge(const Step& step, const Answer* answer) {
    Verdict verdict{"applied", "", true};
    const int owner = world_.owner(step.owner);
    const int order =
        step.order.empty() ? kNone : model_.find_order(owner, step.order, step.source);
    switch (step.deed) {
      case Deed::document:
        verdict = model_.submit(step.document, step.content, step.given);
        count(step.document, verdict);
        break;
      case Deed::clock:
        model_.move_clock(step.clock);
        break;
      case Deed::substitute:
        verdict = order == kNone ? Verdict{"refused", "not_found", false}
                                 : model_.substitute(order, step.wish, step.given);
        break;
      case Deed::allocate:
      case Deed::reoptimize:
        verdict = order == kNone
                      ? Verdict{"refused", "not_found", false}
                      : model_.command(step.deed == Deed::allocate ? Model::Command::allocate
                                                                   : Model::Command::reoptimize,
                                       order);
        break;
      default:
        break;
    }
    if (answer == nullptr) return true;
    if (answer->outcome != verdict.outcome || answer->code != verdict.code)
      return fail("the model answers " + verdict.outcome + " " + verdict.code + ", the daemon " +
                  answer->outcome + " " + answer->code + "\n");
    return true;
  }

  void count(const Document& document, const Verdict& verdict) {
    ++figures_.documents;
    ++figures_.by_type[static_cast<std::size_t>(document.type())];
    const DocumentType type = document.type();
    const bool applied = verdict.outcome == "applied" || verdict.outcome == "revised" ||
                         verdict.outcome == "corrected";
    const bool beside = type == DocumentType::erasure || type == DocumentType::purchase_order ||
                        type == DocumentType::charge;
    if (!applied || (!verdict.changed && !beside)) ++figures_.idle;
  }

  // A document that was cut on its way is refused as a whole.
  bool cut(const Step& step) {
    ++figures_.documents;
    ++figures_.idle;
    const auto read = read_typed_document(step.text);
    return !read.ok() || fail("a cut document was read: " + step.text);
  }

  bool compare() {
    const auto different = comparison_.touched(*system_);
    model_.forget_touched();
    return different.empty() || fail(joined(different));
  }

  bool look_at_everything() {
    looked_at_ = figures_.documents / 1000;
    ++figures_.looks;
    auto wrong = comparison_.everything(*system_);
    model_.forget_touched();
    for (const std::string& fault : model_.faults()) wrong.push_back(fault);
    for (const std::string& fault : system_->verify()) wrong.push_back(fault);
    const std::string waiting = model_.could_still_fill();
    if (!waiting.empty())
      wrong.push_back("order " + waiting + " waits although it could be served");
    return wrong.empty() || fail(joined(wrong));
  }

  World world_;
  Model model_;
  std::unique_ptr<System> system_;
  Comparison comparison_;
  Generator generator_;
  Figures figures_;
  std::uint64_t looked_at_ = 0;
  bool strict_ = false;  // everything is looked at after every step
  std::vector<Step> done_;
  std::string what_;
};

}  // namespace

void Figures::add(const Figures& o) {
  seeds += o.seeds;
  engine_seeds += o.engine_seeds;
  documents += o.documents;
  idle += o.idle;
  steps += o.steps;
  failed_calls += o.failed_calls;
  crashes += o.crashes;
  looks += o.looks;
  for (std::size_t i = 0; i < by_type.size(); ++i) by_type[i] += o.by_type[i];
}

std::optional<Failure> run_seed(const Plan& plan, Figures& figures) {
  Run run(plan);
  ++figures.seeds;
  if (plan.engine) ++figures.engine_seeds;
  return run.business(plan.documents, figures);
}

std::optional<Failure> run_steps(const Plan& plan, const std::vector<Step>& steps) {
  Run run(plan);
  return run.again(steps, plan.strict);
}

namespace {

// What a failure is about, without the names in it.
std::string gist(const std::string& what) {
  std::string out;
  for (const char c : what.substr(0, what.find('\n'))) {
    if (c < '0' || c > '9') out += c;
  }
  const auto differs = out.find(": the model says");
  const auto from = out.find_last_of(' ', differs == std::string::npos ? 0 : differs - 1);
  return differs == std::string::npos ? out.substr(0, 24) : out.substr(from, differs - from);
}

}  // namespace

std::vector<Step> shortened(const Plan& plan, std::vector<Step> steps, int seconds) {
  const auto first = run_steps(plan, steps);
  if (!first) return steps;
  const std::string about = gist(first->what);
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(seconds);
  const auto over = [&] { return std::chrono::steady_clock::now() > until; };
  // Leaves out ever smaller pieces as long as it still fails.
  for (std::size_t piece = steps.size() / 2; piece >= 1 && !over(); piece /= 2) {
    bool any = true;
    while (any && !over()) {
      any = false;
      for (std::size_t at = 0; at < steps.size() && !over();) {
        std::vector<Step> fewer(steps.begin(), steps.begin() + static_cast<std::ptrdiff_t>(at));
        const std::size_t after = std::min(steps.size(), at + piece);
        fewer.insert(fewer.end(), steps.begin() + static_cast<std::ptrdiff_t>(after), steps.end());
        if (const auto failure = run_steps(plan, fewer); failure && gist(failure->what) == about) {
          // What comes after the failure is not needed.
          steps = failure->steps.size() < fewer.size() ? failure->steps : fewer;
          any = piece == 1;
        } else {
          at += piece;
        }
      }
    }
  }
  return steps;
}

}  // namespace lotbridge::simulation
