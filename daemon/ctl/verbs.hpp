// The verbs of lotctl, one function each. main.cpp reads the command line into these structs and
// calls them.
//
// A verb prints its result on standard output and everything about it on standard error, and
// returns the exit code of the contract: 0 done, 1 refused by the rules, 2 wrong usage, 3 daemon
// unreachable.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "daemon/ctl/client.hpp"

namespace lotbridge::ctl {

enum Exit : int { kDone = 0, kRefused = 1, kUsage = 2, kUnreachable = 3 };

struct Common {
  std::string url = "http://127.0.0.1:8480";
  std::string token_file, actor, owner;
  bool json = false;
};

// Everything a verb needs: the daemon, and how the caller wants to see the answer.
struct Session {
  Client client;
  Common common;
};

int status(Session&);

struct SubmitOptions {
  std::string file;  // "-": standard input
  std::string type;  // of a JSON document that does not say; "order", "receipt", ...
};
int submit(Session&, const SubmitOptions&);
// Documents with their types, one JSON text each; names[i] says where documents[i] came from.
int submit_lines(Session&, const std::vector<std::string>& documents,
                 const std::vector<std::string>& names);

struct ImportOptions {
  std::string what;  // items | stock | receipts
  std::string file;
  std::string warehouse, id, delimiter;
};
int import_csv(Session&, const ImportOptions&);

struct OrderOptions {
  std::string id, source;
  bool explain = false;
};
int order(Session&, const OrderOptions&);

struct PicklistOptions {
  std::vector<std::string> orders;          // empty: every allocated order
  std::string warehouse, format = "table";  // table | csv | html
};
int picklist(Session&, const PicklistOptions&);

struct LotOptions {
  std::string sku, lot;
  bool label = false;
};
int lot(Session&, const LotOptions&);

struct TransferOptions {
  std::string id, source, close;  // close: why what is missing is given up
};
int transfer(Session&, const TransferOptions&);

struct StockOptions {
  std::string sku, warehouse, lot, status;
};
int stock(Session&, const StockOptions&);

struct TraceOptions {
  std::string sku, lot, direction = "both", as_of;
};
int trace(Session&, const TraceOptions&);

struct ListOptions {
  std::string state, kind;
  std::int64_t retry = 0, discard = 0, close = 0, accept = 0;
  std::string note;
};
int deliveries(Session&, const ListOptions&);
int connectors(Session&);
int parked(Session&, const ListOptions&);
int alerts(Session&, const ListOptions&);

struct ReportOptions {
  std::string name;  // expiry | ageing | at-risk | movement | returns | suppliers
  std::string sku, warehouse, supplier, forecast, days;
  bool csv = false;
};
int report(Session&, const ReportOptions&);

int verify(Session&);
int rebuild_check(Session&);
int backup(Session&, const std::string& target);
// Runs `lotbridged --restore-check FILE` that stands beside lotctl.
int restore_check(const std::string& program_folder, const std::string& file, bool json);

// ---- shared by the verbs (answers.cpp)

// Prints why it was refused, with the fields and the next step; returns the exit code.
int explain_problem(const Session&, const Reply&);
int explain_unreachable(const Session&, const Problem&);

// Follows next_cursor to the end; the rows as the daemon sent them. Exit code, kDone when all is
// there.
int all_pages(Session&, const std::string& path, Query query, std::vector<std::string>& rows_json);
void print_rows_json(const std::vector<std::string>& rows_json);

}  // namespace lotbridge::ctl
