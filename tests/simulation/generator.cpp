// When something comes, how often, how late. What it says: generator_documents.cpp.
#include "generator.hpp"

#include <algorithm>

#include <lotbridge/records.hpp>

namespace lotbridge::simulation {

namespace {

struct Weight {
  DocumentType type;
  int weight;
};
constexpr Weight kWeights[] = {
    {DocumentType::item, 3},       {DocumentType::policy, 2},   {DocumentType::receipt, 16},
    {DocumentType::order, 22},     {DocumentType::pick, 8},     {DocumentType::cancellation, 8},
    {DocumentType::dispatch, 16},  {DocumentType::return_, 6},  {DocumentType::hold, 5},
    {DocumentType::release, 4},    {DocumentType::transfer, 6}, {DocumentType::count, 5},
    {DocumentType::adjustment, 5}, {DocumentType::erasure, 2},
};

}  // namespace

Generator::Generator(std::uint64_t seed, const Model& model, bool plain)
    : random_(seed), model_(model), plain_(plain) {}

Step Generator::next() {
  ++steps_;
  Step step;
  const auto due = std::find_if(late_.begin(), late_.end(),
                                [&](const auto& one) { return one.first <= steps_; });
  if (due != late_.end()) {
    step = due->second;
    late_.erase(due);
  } else if (random_.percent(5) && recent_.size() > 5) {
    step = recent_[static_cast<std::size_t>(random_.below(static_cast<int>(recent_.size())))];
    if (step.deed == Deed::document && random_.one_in(3)) {
      step.document = corrected(step.document);
      step.content = write_content(step.document);
    }
  } else {
    step = fresh();
    if (step.deed == Deed::document && random_.percent(12)) {
      late_.emplace_back(steps_ + random_.between(1, 60), step);
      if (random_.one_in(3)) return next();  // it comes late only; else it will have come twice
    }
  }
  if (step.deed == Deed::document) {
    recent_.push_back(step);
    if (recent_.size() > 150) recent_.pop_front();
  }
  step.fail_at = step.crash_at = 0;
  step.with_next = step.deed == Deed::document && random_.one_in(12);
  if (random_.one_in(60)) step.fail_at = random_.between(1, 24);
  if (random_.one_in(250)) step.crash_at = random_.between(1, 24);
  return step;
}

Step Generator::fresh() {
  if (random_.percent(7)) return clock();
  if (random_.percent(3)) return command();
  Step step;
  if (random_.one_in(400)) {
    step.deed = Deed::restart;
    return step;
  }
  step.document = document();
  step.given.may_override = random_.one_in(3);
  step.given.directed = !plain_ && random_.one_in(3);
  if (random_.one_in(100)) {
    step.deed = Deed::cut;
    step.text = write_document(step.document, true);
    step.text.resize(static_cast<std::size_t>(random_.below(static_cast<int>(step.text.size()))));
    return step;
  }
  step.content = write_content(step.document);
  return step;
}

Step Generator::clock() {
  Step step;
  step.deed = Deed::clock;
  step.clock = Timestamp{model_.now().ms + random_.between(1, 36 * 60) * 60'000LL};
  return step;
}

Step Generator::command() {
  Step step;
  step.deed = random_.any({Deed::allocate, Deed::reoptimize, Deed::substitute});
  const int at = any_order([&](const OrderBook& order) { return order.known && !order.cancelled; });
  if (at == kNone) return clock();
  const OrderBook& order = model_.orders()[static_cast<std::size_t>(at)];
  step.owner = model_.world().owners[static_cast<std::size_t>(order.owner)].name;
  step.order = order.id;
  step.source = order.source;
  step.given.may_override = random_.one_in(3);
  if (step.deed != Deed::substitute) return step;
  for (const LineBook& line : order.lines) {
    if (line.promises.empty()) continue;
    const Promise& from = line.promises.front();
    const LotBook& lot = model_.lots()[static_cast<std::size_t>(from.lot)];
    step.wish.line = line.sent.line;
    step.wish.lot = lot.code;
    const std::vector<int>& others = model_.skus()[static_cast<std::size_t>(lot.sku)].lots;
    const int to = others[static_cast<std::size_t>(random_.below(static_cast<int>(others.size())))];
    step.wish.new_lot = model_.lots()[static_cast<std::size_t>(to)].code;
    step.wish.units = std::max<Units>(kOne, from.reserved - random_.below(2) * kOne);
    if (random_.one_in(2)) step.wish.reason = "nearer";
    return step;
  }
  step.deed = Deed::allocate;
  return step;
}

Document Generator::document() {
  owner_ = random_.below(static_cast<int>(model_.world().owners.size()));
  if (items_sent_ < 7 * static_cast<int>(model_.world().owners.size())) return item();
  int sum = 0;
  for (const Weight& weight : kWeights) sum += weight.weight;
  int at = random_.below(sum);
  DocumentType type = DocumentType::order;
  for (const Weight& weight : kWeights) {
    at -= weight.weight;
    if (at < 0) {
      type = weight.type;
      break;
    }
  }
  if (random_.one_in(60)) {
    Document back = void_something(type);
    if (!back.id.empty()) return back;
  }
  switch (type) {
    case DocumentType::item:
      return item();
    case DocumentType::policy:
      return policy();
    case DocumentType::receipt:
      return receipt();
    case DocumentType::pick:
      return pick();
    case DocumentType::cancellation:
      return cancellation();
    case DocumentType::dispatch:
      return dispatch();
    case DocumentType::return_:
      return return_();
    case DocumentType::hold:
      return hold();
    case DocumentType::release:
      return release();
    case DocumentType::transfer:
      return transfer();
    case DocumentType::count:
      return count();
    case DocumentType::adjustment:
      return adjustment();
    case DocumentType::erasure:
      return erasure();
    default:
      return order();
  }
}

}  // namespace lotbridge::simulation
