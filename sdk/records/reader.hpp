// Strict reading of one JSON text: where we are, what is wrong so far, and the scalars.
//
// A Reader collects faults with their JSON Pointers and goes on, so that a sender sees all of them
// at once; only text that is not JSON stops it (`dead()`). Every value is either read or walked, so
// nothing unread can hide broken JSON. One Reader per text; one thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <simdjson.h>

#include <lotbridge/records.hpp>
#include <lotbridge/status.hpp>
#include <lotbridge/values.hpp>

namespace lotbridge::records {

using Value = simdjson::ondemand::value;

class Reader {
 public:
  explicit Reader(const ReadLimits& limits) : limits_(limits) { path_.reserve(16); }

  // The place of what is read now. Keys are borrowed: they must outlive the Step.
  class Step {
   public:
    Step(Reader& reader, std::string_view key) : reader_(reader) {
      reader_.path_.push_back({key, 0});
    }
    Step(Reader& reader, std::size_t index) : reader_(reader) {
      reader_.path_.push_back({{}, index});
    }
    ~Step() { reader_.path_.pop_back(); }
    Step(const Step&) = delete;
    Step& operator=(const Step&) = delete;

   private:
    Reader& reader_;
  };

  // A fault at the current place, or at its member `key`; kept up to 20.
  void fault(std::string_view detail) { add("invalid_value", detail, pointer()); }
  void fault_at(std::string_view key, std::string_view detail);
  void unknown_key(std::string_view key);
  // The text is no JSON: nothing behind this point can be trusted.
  void broken(std::string_view why);
  bool dead() const { return dead_; }
  bool faultless() const { return code_.empty(); }
  Problem problem();

  const ReadLimits& limits() const { return limits_; }
  std::size_t depth() const { return path_.size(); }

  // Scalars. false: the fault is already noted.
  bool is_null(Value& value);
  bool text(Value& value, std::string_view& out);
  bool boolean(Value& value, bool& out);
  bool number(Value& value, std::string_view& out);  // the number's own text
  bool key(simdjson::ondemand::field& field, std::string_view& out);
  bool object(Value& value, simdjson::ondemand::object& out);
  bool array(Value& value, simdjson::ondemand::array& out);

  // Walks any value to prove that it is JSON within the depth limit; appends its canonical text
  // (members sorted by key, no spaces) to `out` where that is given.
  void walk(Value& value, std::string* out);

 private:
  struct Segment {
    std::string_view key;
    std::size_t index;
  };

  std::string pointer() const;
  void add(std::string_view code, std::string_view detail, std::string pointer);
  bool wrong(Value& value, std::string_view expected);
  void walk_object(Value& value, std::string* out);
  void walk_array(Value& value, std::string* out);

  const ReadLimits& limits_;
  std::vector<Segment> path_;
  std::vector<FieldError> errors_;
  std::string code_, detail_;
  bool dead_ = false;
};

// The parser and the padded copy of the text, kept per thread so that reading allocates nothing.
// The text must outlive it; one at a time per thread.
class Text {
 public:
  Text(Reader& reader, std::string_view json);

  // The text of one key of the root, wherever it stands; afterwards reading begins anew. nullopt
  // where it is missing or no text.
  Maybe<std::string> word(Reader& reader, std::string_view key);
  // The root as a value: an object or a list; a scalar is refused here.
  bool root(Reader& reader, Value& out);
  // Walks the whole of a text that cannot be read, to tell a wrong shape from what is no JSON.
  void only_judge(Reader& reader);
  // Refuses what stands behind the document.
  void finish(Reader& reader);

 private:
  bool scalar_is_json(simdjson::ondemand::json_type type);

  std::string_view json_;
  simdjson::ondemand::document document_;
  bool started_ = false;
};

}  // namespace lotbridge::records
