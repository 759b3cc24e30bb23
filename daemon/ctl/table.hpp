// Tables that a person likes to read, and the small things around them (colour, widths, progress).
//
// Results go to standard output, everything about them to standard error. Colour and progress only
// on a terminal, never with NO_COLOR.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace lotbridge::ctl {

enum class Align { left, right };
struct Column {
  std::string title;
  Align align = Align::left;
};

class Table {
 public:
  explicit Table(std::vector<Column> columns);
  void row(std::vector<std::string> cells);
  bool empty() const { return rows_.empty(); }
  // Prints to standard output; `nothing` stands for an empty table.
  void print(std::string_view nothing) const;
  std::string csv() const;

 private:
  std::vector<Column> columns_;
  std::vector<std::vector<std::string>> rows_;
};

// Columns of a terminal that UTF-8 text takes: code points, without combining ones.
std::size_t display_width(std::string_view text);

// "loading  [########........]  1 200 / 2 000" on standard error, while there is a terminal.
class Progress {
 public:
  Progress(std::string what, std::size_t total);
  ~Progress();
  void at(std::size_t done);

 private:
  std::string what_;
  std::size_t total_, shown_ = 0;
  bool terminal_;
};

// "checking the books ... 12 s" on standard error until it goes, while there is a terminal: for
// what answers late and says nothing before.
class Waiting {
 public:
  explicit Waiting(std::string what);
  ~Waiting();
  Waiting(const Waiting&) = delete;
  Waiting& operator=(const Waiting&) = delete;

 private:
  struct Ticker;
  std::unique_ptr<Ticker> ticker_;  // null: nobody looks
};

// A bar of a plot: `part` of `most`, at most `width` columns wide; something where there is
// anything at all.
std::string bar(double part, double most, std::size_t width = 30);

std::string bold(std::string_view text);
std::string red(std::string_view text);
std::string csv_cell(std::string_view text);

}  // namespace lotbridge::ctl
