// Reads lines "KIND/TYPE PATH" and says of each file what our reader says: "good", or "bad", its
// code and the pointer of its first fault, separated by tabs. KIND: documents or instructions.
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>

#include <lotbridge/instructions.hpp>
#include <lotbridge/records.hpp>

namespace {

std::string contents(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

// Prints the verdict; a good text must also survive being written and read again.
template <typename T, typename Read, typename Write>
void judge(const lotbridge::Result<T>& result, Read&& read, Write&& write) {
  if (!result) {
    const auto& problem = result.problem();
    std::string pointer = problem.errors.empty() ? "" : problem.errors.front().pointer;
    // One verdict is one line, whatever stands in a key.
    for (char& c : pointer)
      if (static_cast<unsigned char>(c) < 0x20) c = '?';
    std::cout << "bad\t" << problem.code << '\t' << pointer << '\n';
    return;
  }
  const auto again = read(write(*result));
  std::cout << (again && *again == *result ? "good" : "changed") << '\n';
}

void judge_file(const std::string& schema, const std::string& path) {
  const std::string text = contents(path);
  if (schema.starts_with("instructions/")) {
    judge(lotbridge::read_instruction(text), lotbridge::read_instruction,
          lotbridge::write_instruction);
  } else if (const auto type = lotbridge::document_type(schema.substr(schema.find('/') + 1))) {
    const auto read = [&](const std::string& json) {
      return lotbridge::read_document(*type, json);
    };
    judge(read(text), read,
          [](const auto& document) { return lotbridge::write_document(document); });
  } else {
    judge(
        lotbridge::read_typed_document(text),
        [](const std::string& json) { return lotbridge::read_typed_document(json); },
        [](const auto& document) { return lotbridge::write_document(document, true); });
  }
}

}  // namespace

int main() {
  std::string schema, path;
  while (std::cin >> schema && std::getline(std::cin >> std::ws, path)) judge_file(schema, path);
  return 0;
}
