#include "daemon/store/reader.hpp"

#include <utility>

namespace lotbridge::store {

ReadRows::ReadRows(ReadRows&& other) noexcept
    : reader_(other.reader_),
      sql_(other.sql_),
      statement_(std::move(other.statement_)),
      kept_(std::move(other.kept_)) {}

ReadRows::~ReadRows() {
  if (statement_) reader_->give_back(sql_, std::move(statement_));
}

bool ReadRows::next() {
  if (!statement_ || reader_->failure_) return false;
  if (statement_->step()) return true;
  if (statement_->problem()) reader_->failure_ = statement_->problem();
  return false;
}

std::unique_ptr<Statement> Reader::take(std::string_view sql) {
  if (failure_) return nullptr;
  auto& idle = free_[sql];
  if (!idle.empty()) {
    auto statement = std::move(idle.back());
    idle.pop_back();
    return statement;
  }
  auto prepared = database_->prepare(sql);
  if (!prepared) {
    failure_ = std::move(prepared.problem());
    return nullptr;
  }
  return std::make_unique<Statement>(std::move(*prepared));
}

void Reader::give_back(std::string_view sql, std::unique_ptr<Statement> statement) {
  statement->reset();
  free_[sql].push_back(std::move(statement));
}

std::vector<std::string_view> Reader::statements() const {
  std::vector<std::string_view> texts;
  for (const auto& [sql, idle] : free_) texts.push_back(sql);
  return texts;
}

bool Reader::begin() {
  failure_ = database_->execute("BEGIN");
  return !failure_;
}

void Reader::end() {
  static_cast<void>(database_->execute("COMMIT"));
  failure_.reset();
}

const std::string& Reader::name(std::string_view sql, std::int64_t id,
                                std::unordered_map<std::int64_t, std::string>& known) {
  static const std::string kUnknown;
  if (id == 0) return kUnknown;
  if (const auto found = known.find(id); found != known.end()) return found->second;
  auto rows = query(sql, id);
  if (!rows.next()) return kUnknown;
  return known.emplace(id, std::string(rows.text(0))).first->second;
}

std::int64_t Reader::id_of(std::string_view sql, std::string_view name) {
  auto rows = query(sql, name);
  return rows.next() ? rows.integer(0) : 0;
}

const std::string& Reader::owner(core::OwnerId id) {
  return name("SELECT name FROM owners WHERE owner_id = ?", id, owners_);
}
const std::string& Reader::warehouse(core::WarehouseId id) {
  return name("SELECT name FROM warehouses WHERE warehouse_id = ?", id, warehouses_);
}
const std::string& Reader::location(core::LocationId id) {
  return name("SELECT name FROM locations WHERE location_id = ?", id, locations_);
}
const std::string& Reader::source(std::int64_t id) {
  return name("SELECT name FROM sources WHERE source_id = ?", id, sources_);
}

core::OwnerId Reader::owner_id(std::string_view name) {
  return static_cast<core::OwnerId>(id_of("SELECT owner_id FROM owners WHERE name = ?", name));
}
core::WarehouseId Reader::warehouse_id(std::string_view name) {
  return static_cast<core::WarehouseId>(
      id_of("SELECT warehouse_id FROM warehouses WHERE name = ?", name));
}
std::int64_t Reader::source_id(std::string_view name) {
  return id_of("SELECT source_id FROM sources WHERE name = ?", name);
}
core::SkuId Reader::sku_id(core::OwnerId owner, std::string_view sku) {
  auto rows = query("SELECT sku_id FROM skus WHERE owner_id = ? AND sku = ?", owner, sku);
  return rows.next() ? static_cast<core::SkuId>(rows.integer(0)) : 0;
}

std::vector<core::OwnerId> Reader::owners() {
  std::vector<core::OwnerId> ids;
  auto rows = query("SELECT owner_id FROM owners ORDER BY owner_id");
  while (rows.next()) ids.push_back(static_cast<core::OwnerId>(rows.integer(0)));
  return ids;
}

std::vector<core::WarehouseId> Reader::warehouses() {
  std::vector<core::WarehouseId> ids;
  auto rows = query("SELECT warehouse_id FROM warehouses ORDER BY warehouse_id");
  while (rows.next()) ids.push_back(static_cast<core::WarehouseId>(rows.integer(0)));
  return ids;
}

Result<std::unique_ptr<Readers>> Readers::open(const std::string& path, std::size_t most) {
  std::unique_ptr<Readers> readers(new Readers(path, most));
  auto first = readers->lease();  // a store that can't be read is better known at start
  if (!first) return std::move(first.problem());
  return readers;
}

Result<Readers::Lease> Readers::lease() {
  std::unique_ptr<Reader> reader;
  {
    std::unique_lock lock(mutex_);
    returned_.wait(lock, [this] { return !idle_.empty() || open_ < most_; });
    if (!idle_.empty()) {
      reader = std::move(idle_.back());
      idle_.pop_back();
    } else {
      ++open_;
    }
  }
  Refused refused;
  if (!reader) {
    auto database = Database::open(path_, OpenMode::read_only);
    if (database) {
      reader = std::make_unique<Reader>(std::move(*database));
    } else {
      refused = std::move(database.problem());
    }
  }
  if (reader && !reader->begin()) refused = reader->failure();
  if (!refused) return Lease(*this, std::move(reader));
  const std::lock_guard lock(mutex_);
  --open_;
  returned_.notify_one();
  return *refused;
}

void Readers::give_back(std::unique_ptr<Reader> reader) {
  reader->end();
  const std::lock_guard lock(mutex_);
  idle_.push_back(std::move(reader));
  returned_.notify_one();
}

Readers::Lease::~Lease() {
  if (reader_) readers_->give_back(std::move(reader_));
}

}  // namespace lotbridge::store
