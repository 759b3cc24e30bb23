#include "gs1_table.hpp"

#include <algorithm>
#include <array>

namespace lotbridge::gs1 {

namespace {

constexpr std::string_view kItem = "01,02,03,8006,8026";
constexpr std::string_view kTraded = "01,02";
constexpr std::string_view kPriced = "01/30,31*,32*,35*,36*";

// Formats: N digits, X characters of set 82, Y of set 39, Z of the file-safe base64 set; a number
// is the exact length, "..20" at most so many. A letter after it says what else must hold: k check
// digit, d a date whose day may be 00, D a date with a real day, h an hour, m minutes or seconds,
// p piece of total. Parts in brackets may be left out, from the right.
constexpr std::array kTable = {
    Ai{"00", "N18k", 'k', "", "", ""},
    Ai{"01", "N14k", 'k', "", "255,37", "22,10,21|235"},
    Ai{"02", "N14k", 'a', "37", "01,03", ""},
    Ai{"03", "N14k", '-', "", "01,02,37,235", ""},
    Ai{"10", "X..20", 'q', kItem, "", ""},
    Ai{"11", "N6d", 'a', kItem, "", ""},
    Ai{"12", "N6d", 'a', "8020", "", ""},
    Ai{"13", "N6d", 'a', kItem, "", ""},
    Ai{"15", "N6d", 'a', kItem, "", ""},
    Ai{"16", "N6d", 'a', kItem, "", ""},
    Ai{"17", "N6d", 'a', "01,02,03,255,8006,8026", "", ""},
    Ai{"20", "N2", 'a', kItem, "", ""},
    Ai{"21", "X..20", 'q', "01,03,8006", "235", ""},
    Ai{"22", "X..20", 'q', "01", "", ""},
    Ai{"235", "X..28", 'q', "01", "", ""},
    Ai{"240", "X..30", 'a', kItem, "", ""},
    Ai{"241", "X..30", 'a', kItem, "", ""},
    Ai{"242", "N..6", 'a', kItem, "", ""},
    Ai{"243", "X..20", 'a', "01", "", ""},
    Ai{"250", "X..30", 'a', "01,8006/21", "", ""},
    Ai{"251", "X..30", 'a', "01,03,8006", "", ""},
    Ai{"253", "N13k[X..17]", 'k', "", "", ""},
    Ai{"254", "X..20", 'q', "414", "", ""},
    Ai{"255", "N13k[N..12]", 'k', "", "01,02,415,8006,8020,8026", ""},
    Ai{"30", "N..8", 'a', kTraded, "", ""},
    Ai{"310*", "N6", 'a', kTraded, "", ""},
    Ai{"311*", "N6", 'a', kTraded, "", ""},
    Ai{"312*", "N6", 'a', kTraded, "", ""},
    Ai{"313*", "N6", 'a', kTraded, "", ""},
    Ai{"314*", "N6", 'a', kTraded, "", ""},
    Ai{"315*", "N6", 'a', kTraded, "", ""},
    Ai{"316*", "N6", 'a', kTraded, "", ""},
    Ai{"320*", "N6", 'a', kTraded, "", ""},
    Ai{"321*", "N6", 'a', kTraded, "", ""},
    Ai{"322*", "N6", 'a', kTraded, "", ""},
    Ai{"323*", "N6", 'a', kTraded, "", ""},
    Ai{"324*", "N6", 'a', kTraded, "", ""},
    Ai{"325*", "N6", 'a', kTraded, "", ""},
    Ai{"326*", "N6", 'a', kTraded, "", ""},
    Ai{"327*", "N6", 'a', kTraded, "", ""},
    Ai{"328*", "N6", 'a', kTraded, "", ""},
    Ai{"329*", "N6", 'a', kTraded, "", ""},
    Ai{"330*", "N6", 'a', "00,01", "", ""},
    Ai{"331*", "N6", 'a', "00,01", "", ""},
    Ai{"332*", "N6", 'a', "00,01", "", ""},
    Ai{"333*", "N6", 'a', "00,01", "", ""},
    Ai{"334*", "N6", 'a', "00,01", "", ""},
    Ai{"335*", "N6", 'a', "00,01", "", ""},
    Ai{"336*", "N6", 'a', "00,01", "", ""},
    Ai{"337*", "N6", 'a', "01", "", ""},
    Ai{"340*", "N6", 'a', "00,01", "", ""},
    Ai{"350*", "N6", 'a', kTraded, "", ""},
    Ai{"351*", "N6", 'a', kTraded, "", ""},
    Ai{"352*", "N6", 'a', kTraded, "", ""},
    Ai{"356*", "N6", 'a', kTraded, "", ""},
    Ai{"357*", "N6", 'a', kTraded, "", ""},
    Ai{"360*", "N6", 'a', kTraded, "", ""},
    Ai{"361*", "N6", 'a', kTraded, "", ""},
    Ai{"364*", "N6", 'a', kTraded, "", ""},
    Ai{"365*", "N6", 'a', kTraded, "", ""},
    Ai{"366*", "N6", 'a', kTraded, "", ""},
    Ai{"37", "N..8", 'a', "00/02,8026", "", ""},
    Ai{"392*", "N..15", 'a', kPriced, "", ""},
    Ai{"393*", "N3N..15", 'a', kPriced, "", ""},
    Ai{"400", "X..30", 'a', "", "", ""},
    Ai{"401", "X..30", 'k', "", "", ""},
    Ai{"402", "N17k", 'k', "", "", ""},
    Ai{"403", "X..30", 'a', "00", "", ""},
    Ai{"410", "N13k", 'a', "", "", ""},
    Ai{"411", "N13k", 'a', "", "", ""},
    Ai{"412", "N13k", 'a', "", "", ""},
    Ai{"413", "N13k", 'a', "", "", ""},
    Ai{"414", "N13k", 'k', "", "", "254|7040"},
    Ai{"415", "N13k", 'k', "8020", "", "8020"},
    Ai{"416", "N13k", 'a', "", "", ""},
    Ai{"417", "N13k", 'k', "", "", "7040"},
    Ai{"420", "X..20", 'a', "", "421", ""},
    Ai{"421", "N3X..9", 'a', "", "", ""},
    Ai{"422", "N3", 'a', "01,02,03,8006,8026", "", ""},
    Ai{"423", "N3[N3][N3][N3][N3]", 'a', kTraded, "", ""},
    Ai{"424", "N3", 'a', kTraded, "", ""},
    Ai{"425", "N3[N3][N3][N3][N3]", 'a', kTraded, "", ""},
    Ai{"426", "N3", 'a', kTraded, "", ""},
    Ai{"427", "X..3", 'a', "01,02/422", "", ""},
    Ai{"7001", "N13", 'a', kItem, "", ""},
    Ai{"7002", "X..30", 'a', kTraded, "", ""},
    Ai{"7003", "N6DN2hN2m", 'a', "01,02,03", "", ""},
    Ai{"7004", "N..4", 'a', "01", "", ""},
    Ai{"7005", "X..12", 'a', kTraded, "", ""},
    Ai{"7006", "N6D", 'a', kTraded, "", ""},
    Ai{"7007", "N6D[N6D]", 'a', kTraded, "", ""},
    Ai{"7008", "X..3", 'a', kTraded, "", ""},
    Ai{"7009", "X..10", 'a', kTraded, "", ""},
    Ai{"7010", "X..2", 'a', kTraded, "", ""},
    Ai{"7011", "N6D[N2hN2m]", 'a', "01,02,03", "", ""},
    Ai{"7020", "X..20", 'a', "01,8006/416", "", ""},
    Ai{"7021", "X..20", 'a', "01,8006", "", ""},
    Ai{"7022", "X..20", 'a', "01,8006/7021", "", ""},
    Ai{"7023", "X..30", 'a', "01,8006", "", ""},
    Ai{"703*", "N3X..27", 'a', kTraded, "", ""},
    Ai{"7040", "X..4", 'q', "", "", ""},
    Ai{"710", "X..20", 'a', "01", "", ""},
    Ai{"711", "X..20", 'a', "01", "", ""},
    Ai{"712", "X..20", 'a', "01", "", ""},
    Ai{"713", "X..20", 'a', "01", "", ""},
    Ai{"714", "X..20", 'a', "01", "", ""},
    Ai{"715", "X..20", 'a', "01", "", ""},
    Ai{"716", "X..20", 'a', "01", "", ""},
    Ai{"8002", "X..20", 'a', "", "", ""},
    Ai{"8003", "N1N13k[X..16]", 'k', "", "", ""},
    Ai{"8004", "X..30", 'k', "", "", "7040"},
    Ai{"8005", "N6", 'a', kTraded, "", ""},
    Ai{"8006", "N14kN4p", 'k', "", "01,37", "22,10,21"},
    Ai{"8007", "X..34", 'a', "415", "", ""},
    Ai{"8008", "N6DN2h[N2m][N2m]", 'a', "01,02,03", "", ""},
    Ai{"8009", "X..50", 'a', "00,01", "", ""},
    Ai{"8010", "Y..30", 'k', "", "", "8011"},
    Ai{"8011", "N..12", 'q', "8010", "", ""},
    Ai{"8012", "X..20", 'a', "01,8006", "", ""},
    Ai{"8013", "X..25", 'k', "", "", ""},
    Ai{"8017", "N18k", 'k', "", "8018", "8019"},
    Ai{"8018", "N18k", 'k', "", "8017", "8019"},
    Ai{"8019", "N..10", 'q', "8017,8018", "", ""},
    Ai{"8020", "X..25", 'q', "415", "", ""},
    Ai{"8026", "N14kN4p", 'a', "37", "02,8006", ""},
    Ai{"8200", "X..70", '-', "01", "", ""},
    Ai{"90", "X..30", 'a', "", "", ""},
    Ai{"91", "X..90", 'a', "", "", ""},
    Ai{"92", "X..90", 'a', "", "", ""},
    Ai{"93", "X..90", 'a', "", "", ""},
    Ai{"94", "X..90", 'a', "", "", ""},
    Ai{"95", "X..90", 'a', "", "", ""},
    Ai{"96", "X..90", 'a', "", "", ""},
    Ai{"97", "X..90", 'a', "", "", ""},
    Ai{"98", "X..90", 'a', "", "", ""},
    Ai{"99", "X..90", 'a', "", "", ""},
};

// Of measures the last digit is the number of decimals, of processors their number.
bool fits(const Ai& row, std::string_view ai) {
  if (row.ai.back() != '*') return row.ai == ai;
  if (row.ai.size() != ai.size() || row.ai.substr(0, 3) != ai.substr(0, 3)) return false;
  const char most = ai[0] == '7' || row.ai.starts_with("39") ? '9' : '5';
  return ai.back() >= '0' && ai.back() <= most;
}

}  // namespace

const Ai* find_ai(std::string_view ai) {
  const auto* at =
      std::find_if(kTable.begin(), kTable.end(), [ai](const Ai& row) { return fits(row, ai); });
  return at == kTable.end() ? nullptr : at;
}

std::size_t ai_length(std::string_view two) {
  if (two.size() != 2) return 0;
  const auto in = [two](std::string_view list) {
    for (std::size_t i = 0; i + 1 < list.size(); i += 3) {
      if (list.substr(i, 2) == two) return true;
    }
    return false;
  };
  if (in("00,01,02,03,10,11,12,13,15,16,17,20,21,22,30,37") || two[0] == '9') return 2;
  if (in("23,24,25,40,41,42,71")) return 3;
  if (in("31,32,33,34,35,36,39,43,70,72,80,81,82")) return 4;
  return 0;
}

bool has_fixed_length(std::string_view ai) {
  constexpr std::string_view kFixed =
      "00,01,02,03,04,11,12,13,14,15,16,17,18,19,20,31,32,33,34,35,36,41";
  for (std::size_t i = 0; i + 1 < kFixed.size(); i += 3) {
    if (kFixed.substr(i, 2) == ai.substr(0, 2)) return true;
  }
  return false;
}

}  // namespace lotbridge::gs1
