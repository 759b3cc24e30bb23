#include "daemon/ctl/table.hpp"

#include <fmt/core.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <thread>

namespace lotbridge::ctl {
namespace {

bool colourful(int descriptor) {
  return isatty(descriptor) != 0 && std::getenv("NO_COLOR") == nullptr;
}

std::string padded(std::string_view text, std::size_t width, Align align) {
  const std::size_t have = display_width(text);
  const std::string space(width > have ? width - have : 0, ' ');
  return align == Align::left ? std::string(text) + space : space + std::string(text);
}

}  // namespace

std::size_t display_width(std::string_view text) {
  std::size_t width = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if ((byte & 0xC0U) == 0x80U) continue;                                // inside a code point
    if (byte == 0xCC || (byte == 0xCD && i + 1 < text.size())) continue;  // combining marks
    ++width;
  }
  return width;
}

std::string bold(std::string_view text) {
  return colourful(STDOUT_FILENO) ? fmt::format("\033[1m{}\033[0m", text) : std::string(text);
}

std::string red(std::string_view text) {
  return colourful(STDOUT_FILENO) ? fmt::format("\033[31m{}\033[0m", text) : std::string(text);
}

std::string csv_cell(std::string_view text) {
  // A leading sign of a formula is defused, because people open these files in a spreadsheet.
  std::string cell(text);
  if (!cell.empty() && (cell[0] == '=' || cell[0] == '@' || cell[0] == '+')) cell.insert(0, "'");
  if (cell.find_first_of(",\"\r\n") == std::string::npos) return cell;
  std::string quoted = "\"";
  for (const char c : cell) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return quoted + '"';
}

Table::Table(std::vector<Column> columns) : columns_(std::move(columns)) {}

void Table::row(std::vector<std::string> cells) {
  cells.resize(columns_.size());
  rows_.push_back(std::move(cells));
}

void Table::print(std::string_view nothing) const {
  if (rows_.empty()) {
    fmt::print("{}\n", nothing);
    return;
  }
  std::vector<std::size_t> widths;
  for (std::size_t c = 0; c < columns_.size(); ++c) {
    std::size_t width = display_width(columns_[c].title);
    for (const auto& cells : rows_) width = std::max(width, display_width(cells[c]));
    widths.push_back(width);
  }
  std::string head;
  for (std::size_t c = 0; c < columns_.size(); ++c) {
    head += padded(columns_[c].title, widths[c], columns_[c].align) + "  ";
  }
  while (!head.empty() && head.back() == ' ') head.pop_back();
  fmt::print("{}\n", bold(head));
  for (const auto& cells : rows_) {
    std::string line;
    for (std::size_t c = 0; c < columns_.size(); ++c) {
      line += padded(cells[c], widths[c], columns_[c].align) + "  ";
    }
    while (!line.empty() && line.back() == ' ') line.pop_back();
    fmt::print("{}\n", line);
  }
}

std::string Table::csv() const {
  std::string text;
  const auto append = [&text](const auto& cells, auto&& cell_text) {
    for (std::size_t c = 0; c < cells.size(); ++c) {
      if (c != 0) text += ',';
      text += csv_cell(cell_text(cells[c]));
    }
    text += "\r\n";
  };
  append(columns_, [](const Column& column) { return column.title; });
  for (const auto& cells : rows_) append(cells, [](const std::string& cell) { return cell; });
  return text;
}

Progress::Progress(std::string what, std::size_t total)
    : what_(std::move(what)), total_(total), terminal_(colourful(STDERR_FILENO)) {}

Progress::~Progress() {
  if (terminal_ && shown_ != 0) fmt::print(stderr, "\r\033[K");
}

void Progress::at(std::size_t done) {
  if (!terminal_ || total_ == 0 || (done < total_ && done < shown_ + total_ / 200)) return;
  shown_ = done;
  const std::size_t filled = done * 30 / total_;
  fmt::print(stderr, "\r{}  [{}{}]  {} / {}", what_, std::string(filled, '#'),
             std::string(30 - filled, '.'), done, total_);
  std::fflush(stderr);
}

struct Waiting::Ticker {
  explicit Ticker(std::string text) : what(std::move(text)), thread([this] { run(); }) {}
  ~Ticker() {
    {
      const std::lock_guard lock(mutex);
      over = true;
    }
    changed.notify_one();
    thread.join();
    fmt::print(stderr, "\r\033[K");
  }
  void run() {
    std::unique_lock lock(mutex);
    for (int seconds = 0; !over; ++seconds) {
      if (seconds > 0) {
        fmt::print(stderr, "\r{} ... {} s", what, seconds);
        std::fflush(stderr);
      }
      changed.wait_for(lock, std::chrono::seconds(1), [this] { return over; });
    }
  }

  std::string what;
  std::mutex mutex;
  std::condition_variable changed;
  bool over = false;
  std::thread thread;  // last: it uses what stands above
};

Waiting::Waiting(std::string what) {
  if (isatty(STDERR_FILENO) != 0) ticker_ = std::make_unique<Ticker>(std::move(what));
}
Waiting::~Waiting() = default;

std::string bar(double part, double most, std::size_t width) {
  if (!(part > 0) || !(most > 0)) return "";
  const auto columns = static_cast<std::size_t>(part / most * static_cast<double>(width) + 0.5);
  std::string out;
  for (std::size_t i = 0; i < std::clamp<std::size_t>(columns, 1, width); ++i) out += "█";
  return out;
}

}  // namespace lotbridge::ctl
