// A connector that is sound but for one thing: what lotbridge_wrong names.
//
// With a name that nothing asks about it passes every test of the validator.
#include <lotbridge/files.h>

#include <cstdlib>
#include <lotbridge/sdk.hpp>
#include <set>

#include "wrong.hpp"

namespace lb = lotbridge;

namespace {

constexpr std::int64_t kMinute = 60'000;

bool asked_for_anything = false;

class Wrong final : public lb::Storefront {
 public:
  explicit Wrong(const lb::Json& settings) : base_(base_of(settings)) {
    shared_base() = base_;
    if (is("flat-memory")) leak(64);
  }
  ~Wrong() override {
    if (is("close-at-once") && !asked_for_anything) std::abort();
    if (is("late-call") && host_ != nullptr) host_->log(call_, 2, {"too late", 8});
  }

  void check_account(lb::Call& call) override {
    begin(call);
    const auto shop = get(call, "/shop").json();
    call.result(lb::json_object({{"account", shop["name"]}}));
  }

  void pull_orders(lb::Call& call, const lb::Pull& pull) override {
    begin(call);
    break_a_rule();
    std::string page = page_of(pull.cursor);
    if (page.empty()) seen().clear();
    if (page == "p9") return;
    for (;;) {
      const lb::Json answer = page_json(call, page);
      const std::string next = answer["next"].text_or("");
      if (!next.empty() && next == page && !is("repeated-page"))
        throw lb::Failure(LB_RETRY, "the platform sends the same page again and again");
      if (is("empty-page") && answer["orders"].items_or_none().empty()) return;
      emit_page(call, answer);
      if (is("sleeps")) call.sleep_ms(1000);
      if (next.empty()) return;
      if (is("resume-checkpoint") && page == "p2") call.checkpoint(cursor_of("p9"));
      checkpoint(call, next);
      page = next;
    }
  }

  void pull_receipts(lb::Call& call, const lb::Pull&) override;
  void receive_webhook(lb::Call& call, const lb::Webhook& hook) override;
  void write_lots(lb::Call& call, const lb::Instruction& instruction,
                  const lb::LotsWrite& stamp) override;

 private:
  static std::string& shared_base() {
    static std::string base;
    return base;
  }
  // Orders that were emitted and not stored yet.
  static std::set<std::string>& seen() {
    static std::set<std::string> ids;
    return ids;
  }

  static std::string base_of(const lb::Json& settings) {
    if (is("required-settings") && !settings["shop"].exists())
      throw lb::Failure(LB_CONFIG, "the shop is missing");
    return "https://" + settings["shop"].text() + ".wrong.example";
  }

  static void leak(std::size_t bytes) {
    static volatile char* kept = nullptr;
    kept = new char[bytes];
    kept[0] = 1;
  }

  void begin(lb::Call& call) {
    host_ = call.host();
    call_ = call.handle();
  }

  std::string url(const std::string& path) const {
    return (is("two-accounts") ? shared_base() : base_) + path;
  }

  lb::HttpReply get(lb::Call& call, const std::string& path) {
    return send(call, {.url = url(path),
                       .secret = "token",
                       .cost = is("overdrawn") ? std::uint32_t{100} : std::uint32_t{1}});
  }
  lb::HttpReply send(lb::Call& call, const lb::HttpRequest& request);
  void answered(lb::Call& call, const lb::HttpReply& reply, std::int64_t took);
  void told_secrets(lb::Call& call, const lb::HttpReply& reply);

  static lb::JsonText cursor_of(const std::string& page) {
    return lb::json_object({{"v", 1}, {"page", page}});
  }

  static std::string page_of(const lb::Json& cursor) {
    if (cursor.is_null()) return "";
    if (!cursor.is_object() || !cursor["v"].is_number()) {
      if (is("made-up-cursor")) return "";
      throw lb::Failure(LB_CONFIG, "the cursor is none of this connector", "/cursor");
    }
    if (cursor["v"].integer() != 1)
      throw lb::Failure(is("older-cursor") ? LB_BUG : LB_CONFIG,
                        "the cursor was written by another version", "/cursor/v");
    return cursor["page"].text();
  }

  lb::Json page_json(lb::Call& call, const std::string& page);

  void emit_page(lb::Call& call, const lb::Json& answer) {
    const lb::Json orders = answer["orders"];
    if (is("fuzz-answers") && orders.exists() && !orders.is_array()) std::abort();
    call.each(orders, "order/1", [&](const lb::Json& item) {
      const std::string id = item["id"].text();
      if (is("resume-emit") && !seen().insert(id).second) return;
      emit(call, item);
      if (is("unique-ids") && id == "5") emit(call, item);
    });
    if (is("catch")) {
      try {
        throw 1;
      } catch (int) {
        call.sleep_ms(0);
      }
    }
  }

  void emit(lb::Call& call, const lb::Json& item);

  static void checkpoint(lb::Call& call, const std::string& next) {
    seen().clear();
    if (is("cancel")) {
      try {
        call.checkpoint(cursor_of(next));
        return;
      } catch (const lb::Failure&) {
      }
      throw lb::Failure(LB_RETRY, "the cursor could not be stored");
    }
    call.checkpoint(cursor_of(next));
  }

  const std::string base_;
  bool written_ = false;
  const lb_host* host_ = nullptr;
  lb_call* call_ = nullptr;
};

lb::HttpReply Wrong::send(lb::Call& call, const lb::HttpRequest& request) {
  const std::int64_t before = call.now().ms;
  const auto took = [&] { return call.now().ms - before; };
  try {
    lb::HttpReply reply = call.exchange(request);
    answered(call, reply, took());
    reply.expect_ok(call.now(), request.method);
    return reply;
  } catch (const lb::Failure& failure) {
    const bool no_answer = failure.status == LB_RETRY && failure.vendor_code.empty();
    if (no_answer && took() == 0 && is("refused")) throw lb::Failure(LB_CONFIG, "nobody is there");
    if (no_answer && took() > 20'000 && is("timeout"))
      throw lb::Failure(LB_AUTH, "the platform does not answer us");
    if (!(no_answer && took() == 5'000 && is("lost-answer"))) throw;
  }
  return call.http(request);  // blindly once more
}

void Wrong::answered(lb::Call& call, const lb::HttpReply& reply, std::int64_t took) {
  const auto as = [&](int code, const char* variant, lb_status status) {
    if (reply.code() == code && is(variant))
      throw lb::Failure(status, "answered " + std::to_string(code), {}, std::to_string(code));
  };
  as(401, "401", LB_CONFIG);
  as(403, "403", LB_RETRY);
  as(404, "404", LB_BUG);
  as(409, "409", LB_AUTH);
  as(429, "429", LB_RATE_LIMITED);
  as(500, "500", LB_BAD_RECORD);
  as(503, "503", LB_AUTH);
  if (is("large-body") && reply.body().size() > 1'000'000)
    throw lb::Failure(LB_BUG, "so large an answer was not expected");
  if (is("clock-back") && took < 0) throw lb::Failure(LB_BUG, "time runs backwards");
  if (is("clock-ahead") && took > 600 * kMinute) throw lb::Failure(LB_BUG, "time leaps");
  told_secrets(call, reply);
}

// A platform that sends the request back is where a secret could be seen.
void Wrong::told_secrets(lb::Call& call, const lb::HttpReply& reply) {
  if (!reply.header("x-debug")) return;
  if (is("secret-log")) call.log(lb::Call::Level::warning, "answered: " + reply.body());
  if (is("secret-error")) throw lb::Failure(LB_RETRY, "answered: " + reply.body());
  if (is("secret-record")) call.emit_parked({"order/1", reply.body(), "", "not understood"});
  if (is("secret-cursor")) call.checkpoint(cursor_of(reply.header("x-debug").value_or("")));
}

lb::Json Wrong::page_json(lb::Call& call, const std::string& page) {
  const std::string more = is("replays") ? "&fast=1" : "";
  const auto reply = get(call, "/orders?after=" + lb::url_encoded(page) + more);
  const std::string& body = reply.body();
  if ((is("html") && body.starts_with("<")) || (is("empty-body") && body.empty()) ||
      (is("cut-body") && body.starts_with("{") && body.find("next") == std::string::npos &&
       body.size() > 40 && !body.ends_with("}")))
    return lb::Json::parse("{}");
  if (is("fuzz-leak") && body.find('}') == std::string::npos) leak(20'000);
  return reply.json();
}

lb::Document order_of(const lb::Json& item) {
  lb::Order order;
  order.placed_at = item["created"].time();
  order.version = item["version"].integer_maybe();
  for (const auto& row : item["lines"].items()) {
    lb::OrderLine line;
    line.line = row["id"].text();
    line.sku = "GYP-500";
    line.quantity_text = row["qty"].decimal();
    line.quantity = row["qty"].quantity();
    order.lines.push_back(std::move(line));
  }
  lb::Document document;
  document.id = item["id"].text();
  document.body = std::move(order);
  return document;
}

void Wrong::emit(lb::Call& call, const lb::Json& item) {
  static int count = 0;
  lb::Document document = order_of(item);
  auto& order = std::get<lb::Order>(document.body);
  if (is("same-bytes")) order.number = "#" + std::to_string(++count);
  if (is("parity") && std::getenv("PATH") != nullptr) order.number = "#7";
  const std::string head = R"({"id":")" + document.id + R"(","lines":[],)";
  if (is("valid")) return call.emit_json("order/1", head + R"("colour":"red"})");
  if (is("zones")) return call.emit_json("order/1", head + R"("placed_at":"2026-05-16T08:00:00"})");
  if (is("utf8")) return call.emit_json("order/1", head + "\"number\":\"#\xff\"}");
  if (is("quantities"))
    order.lines.at(0).quantity_text = "0", order.lines[0].quantity = lb::Quantity{};
  call.emit(document);
}

void Wrong::receive_webhook(lb::Call& call, const lb::Webhook& hook) {
  begin(call);
  if (is("fuzz-inputs") && hook.topic.empty()) std::abort();
  if (hook.topic != "orders/create" && !is("unknown-topic")) return;
  call.guarded(hook.json(), "order/1", [&](const lb::Json& item) {
    lb::Document document = order_of(item);
    auto& order = std::get<lb::Order>(document.body);
    if (is("out-of-order")) order.version.reset();
    if (is("same-delivery")) order.number = call.uuid();
    call.emit(document);
  });
}

void Wrong::pull_receipts(lb::Call& call, const lb::Pull&) {
  begin(call);
  const auto* files = static_cast<const lb_files*>(call.extension(LB_FILES_ID));
  if (files == nullptr) throw lb::Failure(LB_CONFIG, "no place for files is configured", "/drop");
  const lb_file* first = nullptr;
  std::size_t count = 0, stride = 0;
  call.must(files->list(files, call.handle(), &first, &count, &stride), "list");
  std::vector<std::string> names;
  for (std::size_t n = 0; n < count; ++n) names.emplace_back(first[n].name.data, first[n].name.len);
  for (const std::string& name : names) {
    lb_file_content content{};
    const lb_status read = files->read(files, call.handle(), {name.data(), name.size()}, &content);
    if (read != LB_OK && is("files")) throw lb::Failure(LB_BUG, "a file can't be read");
    call.must(read, "read");
    const std::string row(content.bytes.data, content.bytes.len);
    lb::Receipt receipt;
    receipt.warehouse = "MAD1";
    lb::ReceiptLine line;
    line.line = "1";
    line.sku = "GYP-500";
    line.lot = lb::LotCode::parse(row.substr(12, 2));
    line.quantity = lb::Quantity::whole(10);
    receipt.lines.push_back(line);
    lb::Document document;
    document.id = row.substr(0, 3);
    document.body = receipt;
    call.emit(document);
    call.checkpoint(lb::json_object({{"v", 1}, {"page", ""}}));
    call.must(files->finish(files, call.handle(), {name.data(), name.size()}, {"done", 4}, {"", 0},
                            {"", 0}),
              "finish");
  }
}

// "A-Za-z0-9._/-", at most 40 of them.
std::string lot_of(const lb::StampedLot& lot) {
  std::string code = lot.lot ? lot.lot->text : "";
  if (is("longest-lot")) return code.substr(0, 39);
  if (code.size() > 40)
    throw lb::Failure(LB_BAD_RECORD, "the platform takes lots of up to 40 characters");
  if (is("odd-lot")) std::erase(code, '/');
  return code;
}

void Wrong::write_lots(lb::Call& call, const lb::Instruction& instruction,
                       const lb::LotsWrite& stamp) {
  begin(call);
  static bool interrupted = false;
  std::vector<lb::JsonText> wanted;
  for (const auto& line : stamp.lines) {
    for (const auto& dispatch : line.dispatches) {
      for (const auto& lot : dispatch.lots) {
        if (!is("many-lots") || wanted.size() < 30) wanted.emplace_back(lot_of(lot));
      }
    }
  }
  const std::string body = lb::json_array(wanted).str();
  const std::string path = "/orders/" + lb::url_encoded(instruction.order.id) + "/lots";
  // What stands there already is not sent again: the platform would add it.
  if (!(is("twice") && written_)) {
    const auto there = get(call, path).json();
    std::vector<lb::JsonText> present;
    for (const auto& lot : there["lots"].items_or_none()) present.emplace_back(lot);
    const bool same = lb::json_array(present).str() == body;
    if (same && !(is("died-in-between") && interrupted)) {
      call.result(lb::json_object({{"refs", lb::json_object({{"order", instruction.order.id}})}}));
      return;
    }
  }
  try {
    send(call, {.method = "POST", .url = url(path), .body = body, .secret = "token"});
  } catch (const lb::Failure& failure) {
    interrupted = failure.status == LB_CANCELLED;
    throw;
  }
  interrupted = false;
  written_ = true;
  call.refs({{"order", instruction.order.id}});
}

}  // namespace

namespace {

template <lb_op_fn run>
lb_status asked(lb_instance* instance, lb_call* call, lb_bytes input) {
  asked_for_anything = true;
  return run(instance, call, input);
}

}  // namespace

extern "C" {

extern const lb_op wrong_ops[];
const lb_op wrong_ops[] = {
    {sizeof(lb_op), "account.check/1", asked<lb::detail::run_check_account>},
    {sizeof(lb_op), "orders.pull/1", asked<lb::detail::run_pull_orders>},
    {sizeof(lb_op), "receipts.pull/1", asked<lb::detail::run_pull_receipts>},
    {sizeof(lb_op), "webhook.receive/1", asked<lb::detail::run_receive_webhook>},
    {sizeof(lb_op), "lots.write/1", asked<lb::detail::run_write_lots>},
    {sizeof(lb_op), "orders.guess/1", asked<lb::detail::run_pull_orders>}};

lb_status wrong_open(const lb_host* host, lb_call* call, lb_bytes config, lb_instance** out);
lb_status wrong_open(const lb_host* host, lb_call* call, lb_bytes config, lb_instance** out) {
  const std::string_view text(config.data, config.len);
  if (is("random-settings") && !(text.starts_with("{") && text.ends_with("}"))) return LB_BUG;
  if (is("io-in-open")) host->sleep_ms(call, 1);
  return lb::detail::open_as<Wrong>(host, call, config, out);
}

void wrong_close(lb_instance* instance);
void wrong_close(lb_instance* instance) { lb::detail::close(instance); }
}
