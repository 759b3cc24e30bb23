// Runs a fuzz target without libFuzzer: over the corpus, and over seeded mutations of it.
//
// replay CORPUS [ROUNDS [SEED]]: a plain build shows every day that the promises hold; a fuzzing
// build looks further.
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

std::vector<std::string> texts_under(const std::string& folder) {
  std::vector<std::filesystem::path> paths;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder))
    if (entry.is_regular_file()) paths.push_back(entry.path());
  std::sort(paths.begin(), paths.end());
  std::vector<std::string> texts;
  for (const auto& path : paths) {
    std::ifstream file(path, std::ios::binary);
    texts.emplace_back(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
  }
  return texts;
}

void run(std::uint8_t choice, const std::string& text) {
  std::string input(1, static_cast<char>(choice));
  input += text;
  LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(input.data()), input.size());
}

// Cuts, repeats, splices and overwrites: what broken senders and curious ones do.
std::string mutated(std::mt19937_64& random, std::string text, const std::string& other) {
  static constexpr char kTelling[] = "{}[]\",:\\0-.eE+u \n\t\xff\xc3ntf";
  const auto below = [&](std::size_t n) { return n == 0 ? 0 : random() % n; };
  for (std::size_t times = 1 + below(4); times > 0; --times) {
    const std::size_t at = below(text.size() + 1);
    const std::size_t length = below(std::min<std::size_t>(16, text.size() - at) + 1);
    const char telling = kTelling[below(sizeof kTelling - 1)];
    switch (below(6)) {
      case 0:
        text.erase(at, length);
        break;
      case 1:
        text.insert(at, text.substr(at, length));
        break;
      case 2:
        text.insert(at, 1, telling);
        break;
      case 3:
        if (at < text.size()) text[at] = telling;
        break;
      case 4:
        text.resize(at);
        break;
      default: {
        const std::size_t from = below(other.size() + 1);
        text.insert(at, other.substr(from, below(40)));
      }
    }
  }
  return text;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) return 2;
  const auto texts = texts_under(argv[1]);
  const long rounds = argc > 2 ? std::atol(argv[2]) : 0;
  std::mt19937_64 random(argc > 3 ? std::strtoull(argv[3], nullptr, 10) : 1);
  for (const auto& text : texts)
    for (std::uint8_t choice = 0; choice < 18; ++choice) run(choice, text);
  for (long i = 0; i < rounds; ++i) {
    const auto& text = texts[random() % texts.size()];
    const auto& other = texts[random() % texts.size()];
    run(static_cast<std::uint8_t>(random() % 18), mutated(random, text, other));
  }
  std::printf("%zu texts, %ld mutations\n", texts.size(), rounds);
  return texts.empty() ? 1 : 0;
}
