// Documents in the making: rows that belong together find each other here.
//
// A row's group is its owner, the identifier that the data give (else the file's own) and whatever
// else a document can have only one of. Where those make several groups of one identifier, the ids
// are told apart by it.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include <lotbridge/documents.hpp>

namespace lotbridge::warehouse_files {

struct GroupKey {
  std::string owner, id;           // id: "" where the data have none
  std::vector<std::string> parts;  // "MAD1", "PO-7": what else makes it a document of its own
};

struct Group {
  GroupKey key;
  std::size_t line = 0;   // of its first row
  std::size_t lines = 0;  // of the document so far
  Document document;
  std::map<std::string, std::size_t>
      index;  // for rows that add up: what they have in common -> line of the document
};

class Groups {
 public:
  // `file_id` stands in for an identifier that the data do not give.
  Groups(std::string file_id, std::size_t lines_max)
      : file_id_(std::move(file_id)), lines_max_(lines_max) {}

  // The group of a row; a new one has an empty document. A full one is followed by another.
  Group& of(const GroupKey& key, std::size_t line);

  // All documents with their ids, by the line of their first row.
  std::vector<Group> take();
  std::size_t size() const { return groups_.size(); }
  // How many groups have the same owner and identifier.
  std::size_t siblings(const Group& group) const;

 private:
  const std::string& id_of(const Group& group) const {
    return group.key.id.empty() ? file_id_ : group.key.id;
  }

  std::string file_id_;
  std::size_t lines_max_;
  std::vector<Group> groups_;
  std::map<std::string, std::size_t> open_;      // key -> the group that takes the next row
  std::map<std::string, std::size_t> families_;  // owner and id -> number of groups
};

// An identifier of at most 255 bytes: a longer one keeps its beginning and gets a digest.
std::string fitting_id(std::string id);

}  // namespace lotbridge::warehouse_files
