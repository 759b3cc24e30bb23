# The few shapes of target that this tree knows. Every warning is an error, everywhere.

add_library(lotbridge_warnings INTERFACE)
target_compile_options(lotbridge_warnings INTERFACE -Wall -Wextra -Wpedantic -Wconversion -Werror)
# Warnings are gcc's business; clang only builds the fuzzers, and warns of other things.
target_compile_options(lotbridge_warnings INTERFACE $<$<CXX_COMPILER_ID:Clang>:-Wno-error>)
if(LOTBRIDGE_SANITIZE)
  # gcc's value-range analysis reports false positives in instrumented code; the plain build stays strict.
  target_compile_options(lotbridge_warnings INTERFACE -fsanitize=${LOTBRIDGE_SANITIZE} -fno-omit-frame-pointer -g1
                         -Wno-error=maybe-uninitialized -Wno-error=stringop-overflow -Wno-error=restrict)
  if(LOTBRIDGE_SANITIZE STREQUAL "thread")
    # Asio's fences are more than it needs beside its atomics; gcc only says that the sanitizer does not see them.
    target_compile_options(lotbridge_warnings INTERFACE $<$<CXX_COMPILER_ID:GNU>:-Wno-tsan>)
  endif()
  target_link_options(lotbridge_warnings INTERFACE -fsanitize=${LOTBRIDGE_SANITIZE})
endif()

# lotbridge_room(NAME SOURCES ... USES ...): one room of the house, a static library `lotbridge_NAME`.
# What a room may use is said in docs/architecture.md and checked by tests/tidy.
function(lotbridge_room name)
  cmake_parse_arguments(ROOM "" "" "SOURCES;USES" ${ARGN})
  add_library(lotbridge_${name} STATIC ${ROOM_SOURCES})
  target_link_libraries(lotbridge_${name} PUBLIC ${ROOM_USES} PRIVATE lotbridge_warnings)
  target_include_directories(lotbridge_${name} PUBLIC ${PROJECT_SOURCE_DIR} ${PROJECT_SOURCE_DIR}/sdk/include)
endfunction()

# lotbridge_test(NAME SOURCES ... USES ... [LABELS ...]): one GoogleTest program, one ctest entry.
function(lotbridge_test name)
  if(NOT LOTBRIDGE_TESTS)
    return()
  endif()
  cmake_parse_arguments(TEST "" "TIMEOUT" "SOURCES;USES;LABELS" ${ARGN})
  if(NOT TEST_TIMEOUT)
    set(TEST_TIMEOUT 120)
  endif()
  add_executable(${name} ${TEST_SOURCES})
  target_compile_options(${name} PRIVATE -O1)
  target_link_libraries(${name} PRIVATE ${TEST_USES} GTest::gmock_main lotbridge_warnings)
  target_include_directories(${name} PRIVATE ${PROJECT_SOURCE_DIR} ${PROJECT_SOURCE_DIR}/sdk/include)
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/tests)
  add_test(NAME ${name} COMMAND ${name})
  set_tests_properties(${name} PROPERTIES TIMEOUT ${TEST_TIMEOUT} LABELS "${TEST_LABELS}")
endfunction()
