// simulate [--seconds N] [--seed S] [--seeds COUNT] [--engine] [--replay FILE [--strict]]: months
// of business against the model.
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <sstream>

#include <lotbridge/records.hpp>

#include "run.hpp"

namespace {

using namespace lotbridge::simulation;
using Clock = std::chrono::steady_clock;

constexpr std::uint64_t kEngineEvery = 50;
constexpr lotbridge::DocumentType kLastSent = lotbridge::DocumentType::erasure;

struct Asked {
  int seconds = 60;
  std::uint64_t seeds = UINT64_MAX;  // at most so many
  std::uint64_t seed = 1;
  bool engine = false, strict = false;
  std::string replay;
};

bool read_wish(int count, char** words, Asked& wish) {
  for (int i = 1; i < count; ++i) {
    const std::string word = words[i];
    const bool more = i + 1 < count;
    if (word == "--engine") {
      wish.engine = true;
    } else if (word == "--strict") {
      wish.strict = true;
    } else if (word == "--seconds" && more) {
      wish.seconds = std::atoi(words[++i]);
    } else if (word == "--seeds" && more) {
      wish.seeds = std::strtoull(words[++i], nullptr, 10);
    } else if (word == "--seed" && more) {
      wish.seed = std::strtoull(words[++i], nullptr, 10);
    } else if (word == "--replay" && more) {
      wish.replay = words[++i];
    } else {
      std::fprintf(stderr, "simulate: --seconds N, --seed S, --engine or --replay FILE\n");
      return false;
    }
  }
  return true;
}

int replay(const Asked& wish, Plan plan) {
  std::ifstream in(wish.replay);
  std::ostringstream text;
  text << in.rdbuf();
  std::vector<Step> steps;
  std::string problem;
  if (!in || !read_replay(text.str(), plan, steps, problem)) {
    std::fprintf(stderr, "simulate: %s can't be read: %s\n", wish.replay.c_str(), problem.c_str());
    return 2;
  }
  plan.strict = wish.strict;
  const auto failure = run_steps(plan, steps);
  if (!failure) {
    std::printf("%zu steps, nothing wrong\n", steps.size());
    return 0;
  }
  std::printf("after %zu of %zu steps:\n%s", failure->steps.size(), steps.size(),
              failure->what.c_str());
  return 1;
}

void report(const Plan& plan, const Failure& failure) {
  std::printf("seed %llu%s failed after %zu steps:\n%s", static_cast<unsigned long long>(plan.seed),
              plan.engine ? " (whole engine)" : "", failure.steps.size(), failure.what.c_str());
  std::fflush(stdout);
  const std::vector<Step> fewer = shortened(plan, failure.steps, 60);
  const auto again = run_steps(plan, fewer);
  const std::string text = replay_text(plan, fewer);
  const std::string file = "simulate-" + std::to_string(plan.seed) + ".replay";
  std::ofstream(file) << text;
  std::printf(
      "shortened to %zu steps, which end in:\n%s%s\nkept in %s; run it again with\n"
      "  ./dev simulate --replay %s\n",
      fewer.size(), again ? again->what.c_str() : "(nothing wrong: it depends on chance)\n",
      text.c_str(), file.c_str(), file.c_str());
}

// The shares that keep the stream honest; false when one is missed. Types that the model does not
// judge yet are not sent: see Generator.
bool shares_hold(const Figures& figures) {
  bool fine = true;
  std::printf("shares:");
  for (int i = 1; i <= static_cast<int>(kLastSent); ++i) {
    const auto name = lotbridge::document_type_name(static_cast<lotbridge::DocumentType>(i));
    const double share = 100.0 * static_cast<double>(figures.by_type[static_cast<std::size_t>(i)]) /
                         static_cast<double>(std::max<std::uint64_t>(1, figures.documents));
    std::printf(" %s %.1f%%", std::string(name).c_str(), share);
    fine = fine && share >= 1.0;
  }
  const double idle = 100.0 * static_cast<double>(figures.idle) /
                      static_cast<double>(std::max<std::uint64_t>(1, figures.documents));
  std::printf("; repeats and no-ops %.1f%%\n", idle);
  if (idle > 100.0 / 3) fine = false;
  if (!fine)
    std::printf(
        "the stream is not what it should be: each type at least 1%%, at most a third idle\n");
  return fine;
}

}  // namespace

int main(int count, char** words) {
  Asked wish;
  if (!read_wish(count, words, wish)) return 2;
  const std::filesystem::path shm = "/dev/shm";
  const auto base = std::filesystem::exists(shm) ? shm : std::filesystem::temp_directory_path();
  Plan plan;
  plan.folder = (base / ("lotbridge-simulate-" + std::to_string(::getpid()))).string();
  plan.engine = wish.engine;
  if (!wish.replay.empty()) return replay(wish, plan);
  Figures figures;
  const auto began = Clock::now();
  const auto spent = [&] { return std::chrono::duration<double>(Clock::now() - began).count(); };
  std::printf("seeds from %llu on\n", static_cast<unsigned long long>(wish.seed));
  std::fflush(stdout);
  bool good = true;
  for (std::uint64_t i = 0; good && i < wish.seeds && (i == 0 || spent() < wish.seconds); ++i) {
    plan.seed = wish.seed + i;
    plan.engine =
        make_engine_system != nullptr && (wish.engine || i % kEngineEvery == kEngineEvery - 1);
    plan.documents = plan.engine ? 1000 : 1500;
    const auto failure = run_seed(plan, figures);
    if (!failure) continue;
    report(plan, *failure);
    good = false;
  }
  std::filesystem::remove_all(plan.folder);
  // Of one core: what else the machine does is not counted.
  const double seconds = static_cast<double>(std::clock()) / CLOCKS_PER_SEC;
  if (good) good = shares_hold(figures);
  std::printf(
      "%s: %llu seeds (%llu with the whole engine), %llu documents, %.0f a minute of one core, "
      "%llu "
      "failed calls, %llu crashes, seed %llu\n",
      good ? "clean" : "NOT CLEAN", static_cast<unsigned long long>(figures.seeds),
      static_cast<unsigned long long>(figures.engine_seeds),
      static_cast<unsigned long long>(figures.documents),
      static_cast<double>(figures.documents) * 60 / seconds,
      static_cast<unsigned long long>(figures.failed_calls),
      static_cast<unsigned long long>(figures.crashes), static_cast<unsigned long long>(wish.seed));
  return good ? 0 : 1;
}
