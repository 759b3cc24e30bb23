# cmake -D NAME=... -D INPUT=... -D OUTPUT=... -P: writes a text file as a C++ constant of the room.
file(READ ${INPUT} text)
file(WRITE ${OUTPUT} "// Made from ${NAME}.
#pragma once

#include <string_view>

namespace lotbridge::connector_tool {
inline constexpr std::string_view ${NAME} = R\"_____(")
file(APPEND ${OUTPUT} "${text}")
file(APPEND ${OUTPUT} ")_____\";
}
")
