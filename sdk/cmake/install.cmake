# What a stranger gets: headers, one archive for connectors, one for their tests, a CMake package, a pkg-config file,
# the template of `lotctl connector new`.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

# lotbridge_installed(NAME FROM rooms... USES targets...): the rooms' objects in one archive, lotbridge::NAME.
function(lotbridge_installed name)
  cmake_parse_arguments(GIVEN "" "EXPORT" "FROM;USES" ${ARGN})
  set(target lotbridge_installed_${name})
  set(objects "")
  foreach(room IN LISTS GIVEN_FROM)
    list(APPEND objects $<TARGET_OBJECTS:lotbridge_${room}>)
  endforeach()
  add_library(${target} STATIC ${objects})
  set_target_properties(${target} PROPERTIES OUTPUT_NAME lotbridge_${name} EXPORT_NAME ${name} LINKER_LANGUAGE CXX
                        ARCHIVE_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/installed)
  target_compile_features(${target} INTERFACE cxx_std_20)
  target_include_directories(${target} INTERFACE $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
  target_link_libraries(${target} INTERFACE ${GIVEN_USES})
  install(TARGETS ${target} EXPORT ${GIVEN_EXPORT} ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT sdk)
endfunction()

set(package ${CMAKE_INSTALL_LIBDIR}/cmake/lotbridge)
lotbridge_installed(sdk EXPORT lotbridgeTargets FROM sdk records USES simdjson::simdjson Boost::json)
lotbridge_installed(testing EXPORT lotbridgeTestingTargets FROM testing cassettes host_call scripted_platform
  USES lotbridge_installed_sdk yaml-cpp OpenSSL::Crypto Threads::Threads ${CMAKE_DL_LIBS})
install(EXPORT lotbridgeTargets NAMESPACE lotbridge:: DESTINATION ${package} COMPONENT sdk)
install(EXPORT lotbridgeTestingTargets NAMESPACE lotbridge:: DESTINATION ${package} COMPONENT sdk)

configure_package_config_file(${CMAKE_CURRENT_LIST_DIR}/lotbridgeConfig.cmake.in
  ${PROJECT_BINARY_DIR}/installed/lotbridgeConfig.cmake INSTALL_DESTINATION ${package}
  PATH_VARS CMAKE_INSTALL_BINDIR)
write_basic_package_version_file(${PROJECT_BINARY_DIR}/installed/lotbridgeConfigVersion.cmake
  COMPATIBILITY SameMinorVersion)
configure_file(${CMAKE_CURRENT_LIST_DIR}/lotbridge.pc.in ${PROJECT_BINARY_DIR}/installed/lotbridge.pc @ONLY)

install(DIRECTORY ${PROJECT_SOURCE_DIR}/sdk/include/lotbridge DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} COMPONENT sdk)
install(FILES ${PROJECT_BINARY_DIR}/installed/lotbridgeConfig.cmake
  ${PROJECT_BINARY_DIR}/installed/lotbridgeConfigVersion.cmake
  ${CMAKE_CURRENT_LIST_DIR}/lotbridge_add_connector.cmake ${CMAKE_CURRENT_LIST_DIR}/embed_descriptor.cmake
  ${CMAKE_CURRENT_LIST_DIR}/connector.map
  DESTINATION ${package} COMPONENT sdk)
install(FILES ${PROJECT_BINARY_DIR}/installed/lotbridge.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig COMPONENT sdk)
install(FILES ${PROJECT_SOURCE_DIR}/schemas/descriptor.schema.json DESTINATION ${CMAKE_INSTALL_DATADIR}/lotbridge/schemas
  COMPONENT sdk)
install(DIRECTORY ${PROJECT_SOURCE_DIR}/sdk/template DESTINATION ${CMAKE_INSTALL_DATADIR}/lotbridge COMPONENT sdk)
