// The connector of warehouses that work by files: receipts, shipments, returns and counts in, pick
// lists out.
#include "drop.hpp"
#include "pick.hpp"
#include "pull.hpp"
#include "settings.hpp"
#include "warehouse-files.descriptor.hpp"

namespace lotbridge::warehouse_files {

class WarehouseFiles final : public Warehouse {
 public:
  explicit WarehouseFiles(const Json& settings) : settings_(settings) {}

  void check_account(Call& call) override {
    std::size_t waiting = 0;
    std::string strangers;
    for (const std::string& name : FileDrop(call).list()) {
      ++waiting;
      if (settings_.feed_of(name) == nullptr) strangers += (strangers.empty() ? "" : ", ") + name;
    }
    if (!strangers.empty()) {
      call.log(Call::Level::warning, "files that match no feed stay where they are: " + strangers);
    }
    call.result(json_object({{"account", "files, " + std::to_string(waiting) + " waiting"}}));
  }

  void pull_receipts(Call& call, const Pull& pull) override {
    pull_files(call, pull, settings_, Kind::receipts);
  }
  void pull_dispatches(Call& call, const Pull& pull) override {
    pull_files(call, pull, settings_, Kind::shipments);
  }
  void pull_returns(Call& call, const Pull& pull) override {
    pull_files(call, pull, settings_, Kind::returns);
  }
  void pull_inventory(Call& call, const Pull& pull) override {
    pull_files(call, pull, settings_, Kind::counts);
  }

  void send_pick(Call& call, const Instruction& instruction, const PickSend& pick) override {
    const std::string name = pick_file_name(instruction);
    FileDrop(call).write(name, pick_file(instruction, pick, settings_.pick_delimiter()));
    call.refs({{"pick_file", name}});
  }

 private:
  const Settings settings_;
};

}  // namespace lotbridge::warehouse_files

LOTBRIDGE_CONNECTOR(lotbridge::warehouse_files::WarehouseFiles, kWarehouseFilesDescriptor)
