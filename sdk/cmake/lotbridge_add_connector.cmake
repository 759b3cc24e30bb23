# lotbridge_add_connector(NAME SOURCES a.cpp ... DESCRIPTOR descriptor.json [USES targets...])
#
# Builds NAME.so into <build>/connectors/NAME/ and puts the descriptor beside it. The header NAME.descriptor.hpp holds
# the same bytes as a constant, kNameDescriptor (my-name gives kMyNameDescriptor), for LOTBRIDGE_CONNECTOR. The file
# exports lotbridge_connector_1 and nothing else, and refuses to link while anything in it is undefined.
#
# Where a validate.yaml stands beside the descriptor, ctest gets a test validate_NAME: `lotctl connector validate` with
# the recordings of that folder. (Tests are on: include(CTest) or enable_testing().)

# lotbridge_embed_descriptor(NAME FILE): only the header, for a test that compiles a connector's sources in.
function(lotbridge_embed_descriptor name descriptor out_folder)
  get_filename_component(descriptor ${descriptor} ABSOLUTE)
  set(generated ${CMAKE_CURRENT_BINARY_DIR}/${name}.generated)
  add_custom_command(
    OUTPUT ${generated}/${name}.descriptor.hpp
    COMMAND ${CMAKE_COMMAND} -D NAME=${name} -D INPUT=${descriptor} -D OUTPUT=${generated}/${name}.descriptor.hpp
            -P ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/embed_descriptor.cmake
    DEPENDS ${descriptor} ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/embed_descriptor.cmake
    VERBATIM)
  set(${out_folder} ${generated} PARENT_SCOPE)
endfunction()

function(lotbridge_add_connector name)
  cmake_parse_arguments(CONNECTOR "" "DESCRIPTOR" "SOURCES;USES" ${ARGN})
  if(NOT CONNECTOR_SOURCES OR NOT CONNECTOR_DESCRIPTOR)
    message(FATAL_ERROR "lotbridge_add_connector(${name}): SOURCES and DESCRIPTOR are needed")
  endif()
  get_filename_component(descriptor ${CONNECTOR_DESCRIPTOR} ABSOLUTE)
  file(READ ${descriptor} text)
  string(JSON id GET "${text}" id)
  if(NOT id STREQUAL name)
    message(FATAL_ERROR "${descriptor}: its id is '${id}', but the connector is named '${name}'")
  endif()
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${descriptor})

  lotbridge_embed_descriptor(${name} ${descriptor} generated)
  set(target lotbridge_connector_${name})
  set(folder ${CMAKE_BINARY_DIR}/connectors/${name})
  add_library(${target} MODULE ${CONNECTOR_SOURCES} ${generated}/${name}.descriptor.hpp)
  set_target_properties(${target} PROPERTIES
    PREFIX "" OUTPUT_NAME ${name} LIBRARY_OUTPUT_DIRECTORY ${folder}
    CXX_VISIBILITY_PRESET hidden VISIBILITY_INLINES_HIDDEN ON
    LINK_DEPENDS ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/connector.map)
  target_include_directories(${target} PRIVATE ${generated})
  target_compile_options(${target} PRIVATE $<$<CXX_COMPILER_ID:GNU>:-fno-gnu-unique>)
  target_link_options(${target} PRIVATE
    -Wl,-z,defs -Wl,--version-script=${CMAKE_CURRENT_FUNCTION_LIST_DIR}/connector.map)
  if(TARGET lotbridge_sdk)
    target_link_libraries(${target} PRIVATE lotbridge_sdk ${CONNECTOR_USES})
  else()
    target_link_libraries(${target} PRIVATE lotbridge::sdk ${CONNECTOR_USES})
  endif()
  if(TARGET lotbridge_warnings)
    target_link_libraries(${target} PRIVATE lotbridge_warnings)
  endif()
  # Copied whenever it changes, also when nothing has to be linked again.
  add_custom_command(
    OUTPUT ${folder}/descriptor.json
    COMMAND ${CMAKE_COMMAND} -E make_directory ${folder}
    COMMAND ${CMAKE_COMMAND} -E copy ${descriptor} ${folder}/descriptor.json
    DEPENDS ${descriptor}
    VERBATIM)
  add_custom_target(${target}_descriptor ALL DEPENDS ${folder}/descriptor.json)
  add_dependencies(${target} ${target}_descriptor)

  get_filename_component(home ${descriptor} DIRECTORY)
  if(EXISTS ${home}/validate.yaml)
    set(tool ${LOTBRIDGE_TOOL})
    if(NOT tool)
      set(tool $<TARGET_FILE:lotbridge-connector-tool>)
    endif()
    add_test(NAME validate_${name}
      COMMAND ${tool} validate $<TARGET_FILE:${target}> --with ${home} --strict --only-failed)
  endif()
endfunction()
