// What the validator found, for people, for programs (JSON) and for build servers (JUnit).
//
// Plain values in, text out; prints only in Report::tell.
#pragma once

#include <string>
#include <vector>

#include "daemon/connector_tool/isolated.hpp"

namespace lotbridge::connector_tool {

struct ReportStyle {
  std::string
      command;  // "lotctl connector validate acme.so": to which a test's own words are added
  bool only_failed = false;
  bool json = false;
  bool colour = false;
};

class Report {
 public:
  Report(ReportStyle style, std::string connector)
      : style_(std::move(style)), connector_(std::move(connector)) {}

  void tell(const Done& done);
  void end(std::int64_t took_ms);
  std::string junit() const;
  std::size_t failed() const { return failed_; }
  std::size_t skipped() const { return skipped_; }

 private:
  std::string repeat(const Done& done) const;
  std::string json(std::int64_t took_ms) const;

  const ReportStyle style_;
  const std::string connector_;
  std::vector<Done> all_;
  std::string group_;
  std::size_t passed_ = 0, failed_ = 0, skipped_ = 0;
};

}  // namespace lotbridge::connector_tool
