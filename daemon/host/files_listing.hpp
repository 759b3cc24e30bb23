// Reads what an SFTP server answers to a listing: lines as `ls -l` prints them.
//
// The protocol leaves their form to the server; nearly all print nine columns. A line of another
// form, or of a folder or link, is left out. The time has no year or no seconds and is not read.
#pragma once

#include <string_view>
#include <vector>

#include "daemon/host/files_place.hpp"

namespace lotbridge::host {

std::vector<PlacedFile> read_listing(std::string_view text);

}  // namespace lotbridge::host
