/* The binary contract as a C compiler reads it; abi_test.cpp compares. */
#include <lotbridge/connector.h>
#include <lotbridge/files.h>

size_t lotbridge_size_in_c(int which);

size_t lotbridge_size_in_c(int which) {
  switch (which) {
    case 0: return sizeof(lb_host);
    case 1: return sizeof(lb_connector);
    case 2: return sizeof(lb_http_request);
    case 3: return sizeof(lb_http_response);
    case 4: return sizeof(lb_error);
    case 5: return sizeof(lb_op);
    default: return sizeof(lb_files);
  }
}
