# File drops, a target of their own: they need nothing of the rest of the host.
lotbridge_room(host_files
  SOURCES files.cpp files_drop.cpp files_listing.cpp files_local.cpp files_settings.cpp files_sftp.cpp
  USES lotbridge_records simdjson::simdjson CURL::libcurl OpenSSL::Crypto)
lotbridge_test(files_test SOURCES files_test.cpp USES lotbridge_host_files LABELS quick)
lotbridge_test(files_sftp_test SOURCES files_sftp_test.cpp files_test_sshd.cpp USES lotbridge_host_files)
if(TEST files_sftp_test)
  set_tests_properties(files_sftp_test PROPERTIES SKIP_REGULAR_EXPRESSION "sshd is missing")
endif()
