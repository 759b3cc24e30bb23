# Writes FILE as a C++ text constant: cmake -DFROM=openapi.yaml -DTO=openapi_yaml.cpp -P openapi_embed.cmake
file(READ "${FROM}" text)
# A raw string literal may not be longer than 64 KiB everywhere, so the text is cut at line ends.
string(LENGTH "${text}" length)
set(literals "")
set(at 0)
while(at LESS length)
  string(SUBSTRING "${text}" ${at} 15000 piece)
  string(APPEND literals "    R\"yaml(${piece})yaml\"\n")
  math(EXPR at "${at} + 15000")
endwhile()
if(literals STREQUAL "")
  set(literals "    \"\"\n")
endif()
file(WRITE "${TO}" "#include <string_view>\n\nnamespace lotbridge::api {\n\nextern const std::string_view kOpenapiYaml;\n"
  "const std::string_view kOpenapiYaml =\n${literals}    ;\n\n}  // namespace lotbridge::api\n")
