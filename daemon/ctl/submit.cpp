// lotctl submit FILE: documents as JSON or NDJSON, with an answer for each.
#include <fmt/core.h>

#include <fstream>
#include <iostream>
#include <sstream>

#include <lotbridge/json.hpp>
#include <lotbridge/records.hpp>

#include "daemon/ctl/table.hpp"
#include "daemon/ctl/verbs.hpp"

namespace lotbridge::ctl {
namespace {

constexpr std::size_t kChunkBytes = 512 * 1024;  // per request, so that progress is seen

bool read_all(const std::string& file, std::string& text) {
  std::ostringstream out;
  if (file == "-") {
    out << std::cin.rdbuf();
  } else {
    std::ifstream in(file, std::ios::binary);
    if (!in) return false;
    out << in.rdbuf();
  }
  text = std::move(out).str();
  return true;
}

int submit_one(Session& session, DocumentType type, const std::string& text) {
  const auto reply = session.client.post("/v1/" + std::string(document_type_path(type)), text);
  if (!reply) return explain_unreachable(session, reply.problem());
  if (!reply->ok()) return explain_problem(session, *reply);
  if (session.common.json) {
    fmt::print("{}\n", reply->body);
    return kDone;
  }
  const Json answer = Json::parse(reply->body);
  fmt::print("{} {}\n", answer["outcome"].text_or(""), answer["uid"].text_or(""));
  for (const Json& exception : answer["exceptions"].items_or_none()) {
    fmt::print(stderr, "  note: {} {}\n", exception["code"].text_or(""),
               exception["detail"].text_or(""));
  }
  return kDone;
}

// A JSON document may say its own type; whether it does is seen without reading it all.
Maybe<DocumentType> type_of(const std::string& text) {
  try {
    const Json document = Json::parse(text);
    return document["type"].is_text() ? document_type(document["type"].text()) : std::nullopt;
  } catch (const std::exception&) {
    return std::nullopt;
  }
}

}  // namespace

int submit_lines(Session& session, const std::vector<std::string>& documents,
                 const std::vector<std::string>& names) {
  Progress progress("submitting", documents.size());
  std::size_t done = 0, refused = 0;
  while (done < documents.size()) {
    std::string chunk;
    std::size_t end = done;
    while (end < documents.size() && (chunk.empty() || chunk.size() < kChunkBytes)) {
      chunk += documents[end++] + "\n";
    }
    const auto reply = session.client.post("/v1/documents", chunk, "application/x-ndjson");
    if (!reply) return explain_unreachable(session, reply.problem());
    if (!reply->ok()) return explain_problem(session, *reply);
    std::istringstream answers(reply->body);
    for (std::string line; std::getline(answers, line) && done < end; ++done) {
      if (session.common.json) fmt::print("{}\n", line);
      const Json answer = Json::parse(line);
      if (answer["outcome"].is_text()) continue;
      ++refused;
      std::string where;
      for (const Json& error : answer["errors"].items_or_none()) {
        where += fmt::format(" {}: {}", error["pointer"].text_or(""), error["detail"].text_or(""));
      }
      fmt::print(stderr, "{}: {} {}{}\n", names[done], answer["code"].text_or(""),
                 answer["detail"].text_or(""), where);
    }
    if (done < end) {
      fmt::print(
          stderr,
          "the daemon stopped answering after {} documents; run it again: repeats are harmless\n",
          done);
      return kUnreachable;
    }
    progress.at(done);
  }
  if (!session.common.json) {
    fmt::print("{} documents: {} accepted, {} refused\n", documents.size(),
               documents.size() - refused, refused);
  }
  return refused == 0 ? kDone : kRefused;
}

int submit(Session& session, const SubmitOptions& options) {
  std::string text;
  if (!read_all(options.file, text)) {
    fmt::print(stderr, "can't read {}\n", options.file);
    return kUsage;
  }
  auto type = options.type.empty() ? type_of(text) : document_type(options.type);
  if (!options.type.empty() && !type) {
    fmt::print(stderr, "no document type is called {}\n", options.type);
    return kUsage;
  }
  if (!options.type.empty()) return submit_one(session, *type, text);
  // NDJSON, which a single document with its type also is.
  std::vector<std::string> documents, names;
  if (type) {
    std::string flat;
    for (const char c : text) flat += c == '\n' || c == '\r' ? ' ' : c;
    documents.push_back(std::move(flat));
    names.push_back(options.file);
  } else {
    std::istringstream lines(text);
    std::size_t number = 0;
    for (std::string line; std::getline(lines, line);) {
      ++number;
      if (line.find_first_not_of(" \t\r") == std::string::npos) continue;
      documents.push_back(std::move(line));
      names.push_back(fmt::format("{}:{}", options.file, number));
    }
  }
  if (documents.empty()) {
    fmt::print(stderr, "{} holds no documents\n", options.file);
    return kUsage;
  }
  return submit_lines(session, documents, names);
}

}  // namespace lotbridge::ctl
