// A file to records: rows grouped into documents, bad rows set aside with line and reason.
//
// A function of bytes and settings alone: the same file gives the same records in the same order
// with the same ids, so that reading may stop anywhere and begin again, and a file that is sent
// twice is recognised by its documents.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <lotbridge/documents.hpp>
#include <lotbridge/sdk.hpp>

#include "settings.hpp"

namespace lotbridge::warehouse_files {

struct LineNote {
  std::size_t line = 0;
  std::string text;
};

// A record and the line of its first row. No two outputs of a file have the same line.
struct Output {
  std::size_t line = 0;
  std::variant<Document, Parked> record;
};

struct Translation {
  std::vector<Output> outputs;  // by line
  std::vector<LineNote> parked, warnings;
  std::string failure;      // the file as a whole is not usable: why
  std::size_t rows = 0;     // of data
  std::size_t ignored = 0;  // rows without a quantity, trailers, repeated headers
  std::size_t documents = 0;

  // A file in which nothing was usable has failed; one with bad rows among good ones has not.
  bool failed() const { return !failure.empty() || (documents == 0 && !parked.empty()); }
};

// `sha256` of the bytes becomes part of ids where the data have none. `latest`: a time of day that
// the file leaves open is never put after it.
Translation translate(std::string_view bytes, std::string_view file_name, std::string_view sha256,
                      const Settings& settings, const Feed& feed, Timestamp latest);

}  // namespace lotbridge::warehouse_files
