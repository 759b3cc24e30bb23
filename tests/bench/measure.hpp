// What every benchmark here measures with: processor time of this process, resident memory, the
// median of rounds.
#pragma once

#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <string>
#include <vector>

namespace lotbridge::bench {

inline double cpu_seconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

inline double wall_seconds() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

inline std::uint64_t resident_bytes() {
  std::FILE* file = std::fopen("/proc/self/statm", "r");
  if (file == nullptr) return 0;
  unsigned long long all = 0, resident = 0;
  const int got = std::fscanf(file, "%llu %llu", &all, &resident);
  std::fclose(file);
  return got == 2 ? resident * 4096 : 0;
}

inline double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values.empty() ? 0 : values[values.size() / 2];
}

// One row of the table: name, product, reference, median ratio with its range, goal and floor.
struct Row {
  std::string name, product, reference;
  std::vector<double> ratios;
  double goal, floor;
  bool higher_is_better = true;
};

inline bool print(const Row& row) {
  const double ratio = median(row.ratios);
  const auto [low, high] = std::minmax_element(row.ratios.begin(), row.ratios.end());
  const bool at_goal = row.higher_is_better ? ratio >= row.goal : ratio <= row.goal;
  const bool at_floor = row.higher_is_better ? ratio >= row.floor : ratio <= row.floor;
  std::printf("| %s | %s | %s | %.3g (%.3g-%.3g) | %s %.3g | %s %.3g | %s |\n", row.name.c_str(),
              row.product.c_str(), row.reference.c_str(), ratio, *low, *high,
              row.higher_is_better ? ">=" : "<=", row.goal,
              row.higher_is_better ? ">=" : "<=", row.floor,
              at_goal    ? "goal"
              : at_floor ? "above floor"
                         : "BELOW FLOOR");
  std::fflush(stdout);
  return at_floor;
}

// A row without goal: for understanding only.
inline void print_info(const Row& row) {
  const auto [low, high] = std::minmax_element(row.ratios.begin(), row.ratios.end());
  std::printf("| %s | %s | %s | %.3g (%.3g-%.3g) | - | - | information |\n", row.name.c_str(),
              row.product.c_str(), row.reference.c_str(), median(row.ratios), *low, *high);
  std::fflush(stdout);
}

}  // namespace lotbridge::bench
