#include <algorithm>

#include <lotbridge/failure.hpp>

#include "reading.hpp"
#include "stock.hpp"

namespace lotbridge::shopify {
namespace {

constexpr std::int64_t kOverlapMs = 10 * 60'000;

void emit_variant(Call& call, const Json& node) {
  const auto sku = node["sku"].text_maybe();
  if (!sku) return;
  Item item;
  item.sku = *sku;
  item.name = node["displayName"].text_maybe();
  item.given = {"sku", "name"};
  if (const auto barcode = node["barcode"].text_maybe()) {
    // Shops write anything there; only what may be a GTIN is taken for one.
    const bool digits = barcode->find_first_not_of("0123456789") == std::string::npos;
    if (digits && (barcode->size() == 8 || (barcode->size() >= 12 && barcode->size() <= 14))) {
      item.gtins.push_back(*barcode);
      item.given.push_back("gtins");
    }
  }
  Document document;
  document.id = item.sku;
  document.body = std::move(item);
  call.emit(document);
}

}  // namespace

void pull_products(Call& call, Graph& graph, const Pull& pull) {
  if (pull.cursor && pull.cursor["v"].integer_or(0) != 1) {
    throw Failure(LB_CONFIG, "the cursor was written by another version of this connector",
                  "/cursor/v");
  }
  const Timestamp started = call.now();
  std::string after = pull.cursor["after"].text_or("");
  Timestamp from = pull.start_at.value_or(Timestamp{});
  if (pull.cursor) from = after.empty() ? pull.cursor["since"].time() : pull.cursor["from"].time();
  from.ms = from.ms / 1000 * 1000;
  for (;;) {
    const JsonText page = after.empty() ? JsonText() : JsonText(after);
    const Json variants = graph.run(
        call, kVariants,
        json_object(
            {{"after", page}, {"query", "updated_at:>='" + from.text() + "'"}}))["productVariants"];
    call.each(variants["nodes"], "item/1", [&](const Json& node) { emit_variant(call, node); });
    after = next_page(variants);
    if (after.empty()) {
      const Timestamp since{std::max<std::int64_t>(0, started.ms - kOverlapMs)};
      call.checkpoint(json_object({{"v", 1}, {"since", since}}));
      return;
    }
    call.checkpoint(json_object({{"v", 1}, {"since", from}, {"from", from}, {"after", after}}));
  }
}

}  // namespace lotbridge::shopify
