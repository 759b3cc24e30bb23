// A store in a directory of its own that goes with it. For tests.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>

#include "daemon/store/sqlite.hpp"

namespace lotbridge::store {

class TestStore {
 public:
  TestStore() {
    std::string pattern = (std::filesystem::temp_directory_path() / "lotbridge-XXXXXX").string();
    directory_ = ::mkdtemp(pattern.data());
  }
  ~TestStore() {
    database_.reset();
    std::error_code ignored;
    std::filesystem::remove_all(directory_, ignored);
  }
  TestStore(const TestStore&) = delete;
  TestStore& operator=(const TestStore&) = delete;

  std::string path() const { return directory_ + "/store.db"; }
  void write_file(const std::string& text) { std::ofstream(path()) << text; }

  // Open for writing, without tables.
  Database& empty() {
    if (!database_) database_ = std::move(*Database::open(path(), OpenMode::read_write));
    return *database_;
  }
  // With the newest schema.
  Database& migrated() {
    Database& database = empty();
    if (migrate(database)) std::abort();
    return database;
  }

 private:
  std::string directory_;
  std::unique_ptr<Database> database_;
};

}  // namespace lotbridge::store
