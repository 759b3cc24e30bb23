// GoogleMock matchers for what a connector did, in the words of a test:
//
//   EXPECT_THAT(run, EndsWell());
//   EXPECT_THAT(run, EmitsOrder(AllOf(HasId("1001"), HasLines(2))));
//   EXPECT_THAT(run, EndsWith(LB_AUTH));
//
// Emits...() takes an Outcome (any of its stored records) or one Emitted record. Header only; needs
// GoogleMock.
#pragma once

#include <gmock/gmock.h>
#include <lotbridge/records.hpp>
#include <lotbridge/testing.hpp>

namespace lotbridge::testing {

inline void PrintTo(const Outcome& outcome, std::ostream* out) { *out << outcome.text(); }
inline void PrintTo(const Emitted& record, std::ostream* out) {
  *out << record.kind << " " << record.json;
}

MATCHER(EndsWell, "ends well") { return arg.status == LB_OK; }
MATCHER_P(EndsWith, status, std::string("ends with ") + status_name(status)) {
  *result_listener << "it ended with " << status_name(arg.status);
  return arg.status == status;
}

// Of a Document.
MATCHER_P(HasId, id, "has the id " + ::testing::PrintToString(id)) { return arg.id == id; }
MATCHER_P(HasLines, count, "has " + ::testing::PrintToString(count) + " lines") {
  return std::visit(
      [&](const auto& body) {
        if constexpr (requires { body.lines.size(); }) {
          if constexpr (requires { body.lines->size(); }) {
            return body.lines && body.lines->size() == static_cast<std::size_t>(count);
          } else {
            return body.lines.size() == static_cast<std::size_t>(count);
          }
        } else {
          return false;
        }
      },
      arg.body);
}

class EmitsMatcher {
 public:
  EmitsMatcher(DocumentType type, ::testing::Matcher<const Document&> inner)
      : type_(type), inner_(std::move(inner)) {}

  bool MatchAndExplain(const Outcome& outcome, ::testing::MatchResultListener* listener) const {
    for (const Document& document : outcome.documents) {
      if (document.type() == type_ && inner_.Matches(document)) return true;
    }
    *listener << "among " << outcome.documents.size() << " records there is none";
    return false;
  }
  bool MatchAndExplain(const Emitted& record, ::testing::MatchResultListener* listener) const {
    if (record.kind != std::string(document_type_name(type_)) + "/1") return false;
    const auto read = read_document(type_, record.json);
    if (!read.ok()) {
      *listener << "which can't be read: " << read.problem().detail;
      return false;
    }
    return inner_.MatchAndExplain(*read, listener);
  }
  void DescribeTo(std::ostream* out) const {
    *out << "emits a record of type " << document_type_name(type_) << " that ";
    inner_.DescribeTo(out);
  }
  void DescribeNegationTo(std::ostream* out) const {
    *out << "emits no record of type " << document_type_name(type_) << " that ";
    inner_.DescribeTo(out);
  }

 private:
  DocumentType type_;
  ::testing::Matcher<const Document&> inner_;
};

template <typename Inner>
auto Emits(DocumentType type, Inner inner) {
  return ::testing::MakePolymorphicMatcher(
      EmitsMatcher(type, ::testing::SafeMatcherCast<const Document&>(inner)));
}
template <typename Inner>
auto EmitsOrder(Inner inner) {
  return Emits(DocumentType::order, inner);
}
template <typename Inner>
auto EmitsReceipt(Inner inner) {
  return Emits(DocumentType::receipt, inner);
}
template <typename Inner>
auto EmitsDispatch(Inner inner) {
  return Emits(DocumentType::dispatch, inner);
}

}  // namespace lotbridge::testing
