// Committed state for whoever asks: a bounded pool of read-only connections, one per request.
//
// A lease holds one connection and one snapshot: everything read through it is of the same moment,
// and nothing blocks the writer. A failure sticks to the lease: after it every query has no rows,
// so callers check failure() once, at the end. SQL texts are literals, prepared once per
// connection. Readers: any thread. A lease and its Reader: one thread.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <unordered_map>
#include <vector>

#include <lotbridge/status.hpp>

#include "daemon/core/ids.hpp"
#include "daemon/store/sqlite.hpp"

namespace lotbridge::store {

class Reader;

// The rows of one query; keeps copies of its text arguments and gives the statement back when it
// goes.
class ReadRows {
 public:
  ReadRows(ReadRows&& other) noexcept;
  ReadRows(const ReadRows&) = delete;
  ReadRows& operator=(const ReadRows&) = delete;
  ReadRows& operator=(ReadRows&&) = delete;
  ~ReadRows();

  bool next();
  std::int64_t integer(int column) const { return statement_->integer(column); }
  std::string_view text(int column) const { return statement_->text(column); }
  std::string_view blob(int column) const { return statement_->blob(column); }
  bool is_null(int column) const { return statement_->is_null(column); }
  std::optional<std::int64_t> maybe_integer(int column) const {
    return statement_->maybe_integer(column);
  }
  std::optional<std::string> maybe_text(int column) const { return statement_->maybe_text(column); }

 private:
  friend class Reader;
  ReadRows(Reader& reader, std::string_view sql) : reader_(&reader), sql_(sql) {}

  Reader* reader_;
  std::string_view sql_;
  std::unique_ptr<Statement> statement_;  // null: could not be prepared
  std::list<std::string> kept_;           // what is bound must stay where it is
};

class Reader {
 public:
  explicit Reader(std::unique_ptr<Database> database) : database_(std::move(database)) {}

  // `sql` must be a literal: its text is the key of the prepared statement.
  template <typename... A>
  ReadRows query(std::string_view sql, const A&... arguments) {
    ReadRows rows(*this, sql);
    rows.statement_ = take(sql);
    if (rows.statement_) {
      int parameter = 0;
      (bind(rows, ++parameter, arguments), ...);
    }
    return rows;
  }
  const Refused& failure() const { return failure_; }
  // The texts that were prepared so far; a test asks SQLite how it would find their rows.
  std::vector<std::string_view> statements() const;

  // Names never change once given, so they are remembered. "" for what is unknown.
  const std::string& owner(core::OwnerId);
  const std::string& warehouse(core::WarehouseId);
  const std::string& location(core::LocationId);
  const std::string& source(std::int64_t);
  core::OwnerId owner_id(std::string_view name);          // 0: none
  core::WarehouseId warehouse_id(std::string_view name);  // 0: none
  std::int64_t source_id(std::string_view name);          // 0: none
  core::SkuId sku_id(core::OwnerId, std::string_view sku);
  std::vector<core::OwnerId> owners();          // ascending
  std::vector<core::WarehouseId> warehouses();  // ascending

 private:
  friend class ReadRows;
  friend class Readers;

  std::unique_ptr<Statement> take(std::string_view sql);
  void give_back(std::string_view sql, std::unique_ptr<Statement>);
  bool begin();
  void end();

  template <typename T>
  static void bind(ReadRows& rows, int parameter, const T& value) {
    Statement& statement = *rows.statement_;
    if constexpr (std::is_enum_v<T> || std::is_integral_v<T>) {
      statement.bind(parameter, static_cast<std::int64_t>(value));
    } else if constexpr (std::is_same_v<T, std::optional<std::int64_t>>) {
      statement.bind(parameter, value);
    } else {
      statement.bind(parameter, std::string_view(rows.kept_.emplace_back(value)));
    }
  }
  const std::string& name(std::string_view sql, std::int64_t id,
                          std::unordered_map<std::int64_t, std::string>& known);
  std::int64_t id_of(std::string_view sql, std::string_view name);

  std::unique_ptr<Database> database_;
  std::map<std::string_view, std::vector<std::unique_ptr<Statement>>> free_;
  std::unordered_map<std::int64_t, std::string> owners_, warehouses_, locations_, sources_;
  Refused failure_;
};

class Readers {
 public:
  // Opens the first connection; the others come when they are needed, at most `most`.
  static Result<std::unique_ptr<Readers>> open(const std::string& path, std::size_t most = 4);

  class Lease {
   public:
    Lease(Lease&& other) noexcept : readers_(other.readers_), reader_(std::move(other.reader_)) {}
    Lease(const Lease&) = delete;
    Lease& operator=(const Lease&) = delete;
    Lease& operator=(Lease&&) = delete;
    ~Lease();
    Reader& operator*() const { return *reader_; }
    Reader* operator->() const { return reader_.get(); }

   private:
    friend class Readers;
    Lease(Readers& readers, std::unique_ptr<Reader> reader)
        : readers_(&readers), reader_(std::move(reader)) {}
    Readers* readers_;
    std::unique_ptr<Reader> reader_;
  };
  // Waits while all connections are out.
  Result<Lease> lease();

 private:
  Readers(std::string path, std::size_t most) : path_(std::move(path)), most_(most) {}
  void give_back(std::unique_ptr<Reader>);

  std::string path_;
  std::size_t most_;
  std::mutex mutex_;
  std::condition_variable returned_;
  std::vector<std::unique_ptr<Reader>> idle_;
  std::size_t open_ = 0;
};

}  // namespace lotbridge::store
