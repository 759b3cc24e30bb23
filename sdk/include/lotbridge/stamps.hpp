// How the lots of a dispatched line read on a platform: one entry per item and lot, as JSON for
// programs and as words for people.
//
// Every connector that stamps uses these, so that a shop with two platforms reads the same words.
// Plain functions; any thread.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <lotbridge/instructions.hpp>
#include <lotbridge/json.hpp>

namespace lotbridge {

inline std::string_view evidence_name(StampEvidence evidence) {
  constexpr std::string_view kNames[] = {"scanned", "reported", "directed", "inferred",
                                         "unresolved"};
  return kNames[static_cast<std::size_t>(evidence)];
}

// One entry per item and lot: units are added up, the weakest evidence speaks for all of them.
inline std::vector<StampedLot> one_per_lot(const std::vector<StampedLot>& lots) {
  std::vector<StampedLot> out;
  for (const StampedLot& lot : lots) {
    const auto same = [&lot](const StampedLot& other) {
      return other.sku == lot.sku && other.lot == lot.lot;
    };
    const auto found = std::find_if(out.begin(), out.end(), same);
    if (found == out.end()) {
      out.push_back(lot);
      continue;
    }
    found->quantity += lot.quantity;
    found->evidence = std::max(found->evidence, lot.evidence);
    if (!found->expires_on) found->expires_on = lot.expires_on;
  }
  return out;
}

// {"lot","sku","quantity","expires_on","evidence"}; `sku` only where it is a part of a kit.
inline JsonText lot_json(const StampedLot& lot, const Maybe<std::string>& line_sku) {
  std::vector<std::pair<std::string, JsonText>> members;
  members.emplace_back("lot", JsonText(lot.lot));
  if (line_sku != lot.sku) members.emplace_back("sku", lot.sku);
  members.emplace_back("quantity", lot.quantity);
  members.emplace_back("expires_on", JsonText(lot.expires_on));
  members.emplace_back("evidence", evidence_name(lot.evidence));
  return json_object(members);
}

// "lot L1 x2, expires 2026-05-30 (inferred)"
inline std::string readable_lot(const StampedLot& lot, const Maybe<std::string>& line_sku) {
  std::string out = lot.lot ? "lot " + lot.lot->text : std::string("lot not known");
  if (line_sku != lot.sku) out = lot.sku + " " + out;
  out += " x" + lot.quantity.text();
  if (lot.expires_on) out += ", expires " + lot.expires_on->text();
  if (lot.lot && lot.evidence == StampEvidence::inferred) out += " (inferred)";
  return out;
}

// One line with all that left of it, as JSON: an entry per dispatch.
inline JsonText stamped_line_json(const StampedLine& line) {
  std::vector<JsonText> dispatches;
  for (const StampedDispatch& dispatch : line.dispatches) {
    std::vector<JsonText> lots;
    for (const StampedLot& lot : one_per_lot(dispatch.lots))
      lots.push_back(lot_json(lot, line.sku));
    dispatches.push_back(json_object({{"dispatch", dispatch.dispatch},
                                      {"fulfillment", dispatch.fulfillment},
                                      {"tracking_number", dispatch.tracking_number},
                                      {"at", dispatch.at},
                                      {"quantity", dispatch.quantity},
                                      {"lots", json_array(lots)}}));
  }
  return json_object({{"v", 1}, {"dispatches", json_array(dispatches)}});
}

// The same for people, all dispatches together: "L1 x2 (expires 2026-05-30), L2 x1".
inline std::string readable_line(const StampedLine& line) {
  std::vector<StampedLot> lots;
  for (const StampedDispatch& dispatch : line.dispatches) {
    lots.insert(lots.end(), dispatch.lots.begin(), dispatch.lots.end());
  }
  std::string out;
  for (const StampedLot& lot : one_per_lot(lots)) {
    if (!out.empty()) out += ", ";
    if (line.sku != lot.sku) out += lot.sku + " ";
    out += (lot.lot ? lot.lot->text : std::string("lot not known")) + " x" + lot.quantity.text();
    if (lot.expires_on) out += " (expires " + lot.expires_on->text() + ")";
  }
  return out;
}

// JSON without the spaces between its tokens: platforms write a kept text anew in their own way.
inline std::string compact_json(std::string_view json) {
  std::string out;
  bool text = false, escaped = false;
  for (const char c : json) {
    const bool space = c == ' ' || c == '\n' || c == '\r' || c == '\t';
    if (text || !space) out += c;
    if (text && !escaped && c == '\\') {
      escaped = true;
      continue;
    }
    if (c == '"' && !escaped) text = !text;
    escaped = false;
  }
  return out;
}

// A short mark of a text, to find it again among texts of others.
inline std::string text_mark(std::string_view text) {
  std::uint64_t hash = 0xcbf29ce484222325;  // FNV-1a
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  constexpr char kHex[] = "0123456789abcdef";
  std::string out;
  for (int shift = 60; shift >= 0; shift -= 4) out += kHex[(hash >> shift) & 15U];
  return out;
}

}  // namespace lotbridge
