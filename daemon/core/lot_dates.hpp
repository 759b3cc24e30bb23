// What we believe about a lot's dates, and what happens when somebody says otherwise (rules 22,
// 23).
#pragma once

#include "work.hpp"

namespace lotbridge::core {

struct ToldDates {
  Maybe<Date> expires_on, produced_on, sell_by, removal_on;
  Maybe<DateKind> kind;
  bool derived = false;  // expires_on was computed from produced_on
};

enum class Learned { nothing, filled, conflict, refused };

// Fills in what was not known (reservations are judged anew then). Another expiry than the known
// one changes nothing: refused for a command, a conflict for a fact, whose units then stand in
// quarantine.
Learned learn_dates(Work&, LotId, const ToldDates&, const Maybe<std::string>& supplier,
                    const std::string& pointer);

// Production date plus the item's shelf life in months (cut to the month's last day) or days.
Maybe<Date> derived_expiry(const Item&, Date produced_on);

}  // namespace lotbridge::core
