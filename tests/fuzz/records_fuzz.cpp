// Whatever bytes come: the readers neither crash nor hang, and what they accept survives being
// written.
//
// The first byte chooses the reader, the rest is its text. libFuzzer's entry point.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include <lotbridge/instructions.hpp>
#include <lotbridge/records.hpp>

namespace {

void must(bool promise) {
  if (!promise) std::abort();
}

// Reading what was written gives the same value, and the same text again.
template <typename Read, typename Write>
void survives(const Read& read, const Write& write, const std::string& text) {
  const auto first = read(text);
  if (!first) {
    must(!first.problem().code.empty() && !first.problem().errors.empty());
    return;
  }
  const std::string written = write(*first);
  const auto second = read(written);
  must(second.ok() && *second == *first && write(*second) == written);
}

void values(std::string_view text) {
  using namespace lotbridge;
  if (const auto date = Date::parse(text)) must(date->text() == text);
  if (const auto moment = Timestamp::parse(text)) must(Timestamp::parse(moment->text()) == moment);
  if (const auto quantity = Quantity::parse(text))
    must(Quantity::parse(quantity->text()) == quantity);
  if (const auto lot = LotCode::parse(text)) must(LotCode::parse(lot->text) == lot);
  if (const auto money = Money::parse(text, "EUR"))
    must(Money::parse(money->amount_text(), "EUR") == money);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace lotbridge;
  if (size == 0) return 0;
  const std::string text(reinterpret_cast<const char*>(data) + 1, size - 1);
  const int choice = data[0] % 18;
  if (choice < 14) {
    const auto type = static_cast<DocumentType>(choice + 1);
    survives([&](const std::string& json) { return read_document(type, json); },
             [](const Document& document) { return write_document(document); }, text);
  } else if (choice == 14) {
    survives([](const std::string& json) { return read_typed_document(json); },
             [](const Document& document) { return write_document(document, true); }, text);
  } else if (choice == 15) {
    survives([](const std::string& json) { return read_instruction(json); },
             [](const Instruction& instruction) { return write_instruction(instruction); }, text);
  } else if (choice == 16) {
    survives([](const std::string& json) { return read_policy(json); },
             [](const PolicyKnobs& knobs) { return write_policy(knobs); }, text);
    (void)read_instruction_result(text);
  } else {
    values(text);
  }
  return 0;
}
