# Writes FROM as a C++ text constant: cmake -DFROM=openapi.json -DTO=openapi_text.cpp -P openapi_embed.cmake
file(READ "${FROM}" text)
# Compilers need not take one literal of more than 64 KiB, so the text is cut into many.
string(LENGTH "${text}" length)
set(literals "")
set(at 0)
while(at LESS length)
  string(SUBSTRING "${text}" ${at} 15000 piece)
  string(APPEND literals "    R\"lotbridge(${piece})lotbridge\"\n")
  math(EXPR at "${at} + 15000")
endwhile()
file(WRITE "${TO}" "#include <string_view>\n\nnamespace lotbridge::api {\n\nextern const std::string_view kOpenapiJson;\n"
  "const std::string_view kOpenapiJson =\n${literals}    ;\n\n}  // namespace lotbridge::api\n")
